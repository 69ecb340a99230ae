import { Button } from '@mantine/core';
import { useState, type ReactNode, type SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../../api/problem';
import type { Entrance } from '../../app/entrance';
import type { DeviceRig } from '../../device/rig';
import classes from './JoinForm.module.css';
import type { JoinMachine } from './JoinPage';

interface MachineFormProps {
  readonly entrance: Entrance;
  readonly rig: DeviceRig;
  readonly room: string;
  readonly machine: JoinMachine;
  readonly children: ReactNode;
}

/** A paired machine knows its point: one button. */
export function MachineForm({ entrance, rig, room, machine, children }: MachineFormProps) {
  const { t } = useTranslation();
  const [fault, setFault] = useState('');
  const [busy, setBusy] = useState(false);
  const enter = async () => {
    setBusy(true);
    setFault('');
    try {
      await entrance.enterAsMachine(room, machine.title, () => rig.handOver());
    } catch (error) {
      const problem = error instanceof Problem ? error : new Problem('unknown');
      setFault(t(`problem.${problem.code}`, { seconds: problem.retryAfter ?? 30 }));
      setBusy(false);
    }
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    void enter();
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <p className={classes.point}>{machine.point}</p>
      {children}
      {fault !== '' && (
        <p role="alert" className={classes.fault}>
          {fault}
        </p>
      )}
      <Button type="submit" className={classes.enter ?? ''} fullWidth aria-disabled={busy} loading={busy} data-autofocus>
        {t('join.enter')}
      </Button>
    </form>
  );
}
