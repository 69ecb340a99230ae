import { Button, PasswordInput, Select, TextInput } from '@mantine/core';
import { useState, type ReactNode, type SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { DemoInfo, JoinRequest } from '../../api/bridge';
import { Problem } from '../../api/problem';
import type { Entrance } from '../../app/entrance';
import { loadChoices, saveChoices } from '../../device/choices';
import type { DeviceRig } from '../../device/rig';
import classes from './JoinForm.module.css';

interface JoinFormProps {
  readonly entrance: Entrance;
  readonly rig: DeviceRig;
  readonly demo: DemoInfo | null;
  readonly room: string;
  readonly onPointName: (name: string) => void;
  readonly children: ReactNode;
}

type Fault = { readonly field: 'point' | 'room' | 'all'; readonly text: string };

function firstRequest(demo: DemoInfo | null, room: string): JoinRequest {
  // Two windows of one machine are two points of the sample meeting, so the last choice is not repeated there.
  if (demo) return { room: demo.room.id, point: '', user: demo.user, password: demo.password };
  const { point, user } = loadChoices();
  return { room, point, user, password: '' };
}

export function JoinForm({ entrance, rig, demo, room, onPointName, children }: JoinFormProps) {
  const { t } = useTranslation();
  const [request, setRequest] = useState(() => firstRequest(demo, room));
  const [fault, setFault] = useState<Fault | null>(null);
  const [busy, setBusy] = useState(false);
  const change = (part: Partial<JoinRequest>) => {
    setRequest({ ...request, ...part });
    setFault(null);
  };
  const enter = async () => {
    if (request.room === '') return setFault({ field: 'room', text: t('join.roomMissing') });
    if (request.point.trim() === '') return setFault({ field: 'point', text: t('join.pointMissing') });
    setBusy(true);
    if (!demo) saveChoices({ point: request.point, user: request.user });
    try {
      await entrance.enter(request, () => rig.handOver());
    } catch (error) {
      const { code, retryAfter } = error instanceof Problem ? error : new Problem('unknown');
      const text = t(`problem.${code}`, { seconds: retryAfter ?? 30 });
      setFault({ field: code === 'point_required' ? 'point' : 'all', text });
      setBusy(false);
    }
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    void enter();
  };
  const faultOf = (field: Fault['field']) => (fault?.field === field ? fault.text : null);
  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      {demo ? (
        <Select
          label={t('join.point')}
          placeholder={t('join.choosePoint')}
          nothingFoundMessage={t('join.noPoint')}
          data={demo.points.map((point) => ({ value: point.id, label: point.name }))}
          value={request.point === '' ? null : request.point}
          onChange={(point, option) => {
            change({ point: point ?? '' });
            onPointName(option?.label ?? '');
          }}
          error={faultOf('point')}
          searchable
          allowDeselect={false}
          maxDropdownHeight={420}
          comboboxProps={{ transitionProps: { duration: 0 } }}
        />
      ) : (
        <TypedFields request={request} faultOf={faultOf} change={change} onPointName={onPointName} />
      )}
      {children}
      {fault?.field === 'all' && (
        <p role="alert" className={classes.fault}>
          {fault.text}
        </p>
      )}
      <Button type="submit" className={classes.enter ?? ''} fullWidth aria-disabled={busy} loading={busy}>
        {t('join.enter')}
      </Button>
    </form>
  );
}

interface TypedFieldsProps {
  readonly request: JoinRequest;
  readonly faultOf: (field: Fault['field']) => string | null;
  readonly change: (part: Partial<JoinRequest>) => void;
  readonly onPointName: (name: string) => void;
}

function TypedFields({ request, faultOf, change, onPointName }: TypedFieldsProps) {
  const { t } = useTranslation();
  return (
    <>
      <TextInput
        label={t('join.room')}
        value={request.room}
        onChange={(event) => change({ room: event.currentTarget.value.trim() })}
        error={faultOf('room')}
        autoComplete="off"
      />
      <TextInput
        label={t('join.point')}
        placeholder={t('join.typePoint')}
        value={request.point}
        onChange={(event) => {
          change({ point: event.currentTarget.value });
          onPointName(event.currentTarget.value);
        }}
        error={faultOf('point')}
        maxLength={120}
        autoComplete="organization"
      />
      <div className={classes.pair}>
        <TextInput
          label={t('join.user')}
          value={request.user}
          onChange={(event) => change({ user: event.currentTarget.value })}
          autoComplete="username"
        />
        <PasswordInput
          label={t('join.password')}
          value={request.password}
          onChange={(event) => change({ password: event.currentTarget.value })}
          autoComplete="current-password"
        />
      </div>
    </>
  );
}
