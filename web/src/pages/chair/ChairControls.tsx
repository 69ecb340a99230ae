import { Button, NumberInput, SegmentedControl, Select, Switch } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Board } from '../../conduct/board';
import { modes, type Phase } from '../../conduct/state';
import type { Do } from '../../live/use-board';
import { ConfirmButton } from '../../parts/ConfirmButton';
import { Panel } from '../../parts/Panel';
import { RecordControls } from './RecordControls';
import classes from './ChairControls.module.css';

interface ChairControlsProps {
  readonly board: Board;
  readonly act: Do;
}

const ways: Readonly<Record<Phase, readonly Phase[]>> = {
  'tap-hop': ['dang-hop', 'be-mac'],
  'dang-hop': ['giai-lao', 'be-mac'],
  'giai-lao': ['dang-hop', 'be-mac'],
  'be-mac': [],
};

/** Mode, clock, recording and the phases of the meeting: what is touched a few times in a meeting. */
export function ChairControls({ board, act }: ChairControlsProps) {
  const { t } = useTranslation();
  const { live, timing } = board;
  return (
    <Panel title={t('chair.conduct')}>
      <div className={classes.fields}>
        <InviteOther board={board} act={act} />
        <div>
          <p className={classes.label} id="mode">
            {t('chair.mode')}
          </p>
          <SegmentedControl
            fullWidth
            aria-labelledby="mode"
            transitionDuration={0}
            value={live.mode}
            onChange={(mode) => act({ do: 'set-mode', with: { mode } })}
            data={modes.map((mode) => ({ value: mode, label: t(`mode.${mode}`) }))}
          />
          <p className={classes.hint}>{t(`mode.hint.${live.mode}`)}</p>
        </div>
        <div className={classes.row}>
          <NumberInput
            key={timing.seconds}
            className={classes.minutes ?? ''}
            label={t('chair.minutes')}
            min={0}
            max={180}
            defaultValue={timing.seconds / 60}
            onBlur={(event) => {
              const seconds = Math.round(Number(event.currentTarget.value) * 60);
              if (Number.isFinite(seconds) && seconds !== timing.seconds) act({ do: 'set-timing', with: { seconds, autoCut: timing.autoCut } });
            }}
          />
          <Switch
            label={t('chair.autoCut')}
            checked={timing.autoCut}
            onChange={(event) => act({ do: 'set-timing', with: { seconds: timing.seconds, autoCut: event.currentTarget.checked } })}
          />
        </div>
        <div className={classes.row}>
          <RecordControls live={live} act={act} meeting={board.plan.id} />
          <Button variant="default" onClick={() => act({ do: 'mute', with: {} })}>
            {t('chair.muteAll')}
          </Button>
        </div>
        <Loudspeaker board={board} act={act} />
        <div className={classes.row}>
          {ways[live.phase].map((phase) =>
            phase === 'be-mac' ? (
              <ConfirmButton key={phase} variant="outline" color="red" onConfirm={() => act({ do: 'set-phase', with: { phase } })}>
                {t(live.phase === 'tap-hop' ? 'chair.callOff' : 'chair.close')}
              </ConfirmButton>
            ) : (
              <Button key={phase} variant={phase === 'dang-hop' ? 'filled' : 'default'} onClick={() => act({ do: 'set-phase', with: { phase } })}>
                {t(phase === 'giai-lao' ? 'chair.recess' : live.phase === 'tap-hop' ? 'chair.open' : 'chair.resume')}
              </Button>
            ),
          )}
        </div>
      </div>
    </Panel>
  );
}

/** The loudspeakers of the communes: never for what is for internal use only (CON-18). */
function Loudspeaker({ board, act }: ChairControlsProps) {
  const { t } = useTranslation();
  const on = board.live.loudspeaker === true;
  const open = board.plan.secrecy === 'khong';
  return (
    <div>
      {on ? (
        <Button color="red" onClick={() => act({ do: 'broadcast', with: { on: false } })}>
          {t('loudspeaker.off')}
        </Button>
      ) : (
        <ConfirmButton variant="default" disabled={!open} onConfirm={() => act({ do: 'broadcast', with: { on: true } })}>
          {t('loudspeaker.on')}
        </ConfirmButton>
      )}
      {(on || !open) && <p className={classes.hint}>{t(on ? 'loudspeaker.now' : 'loudspeaker.forbidden')}</p>}
    </div>
  );
}

/** The chair may call anybody who is there, asked or not. */
function InviteOther({ board, act }: ChairControlsProps) {
  const { t } = useTranslation();
  const [point, setPoint] = useState<string | null>(null);
  const there = board.plan.points.filter(({ id }) => id !== board.live.main && board.points[id]?.connected);
  return (
    <div className={classes.invite}>
      <Select
        size="sm"
        label={t('chair.inviteOther')}
        placeholder={t('chair.choosePoint')}
        nothingFoundMessage={t('join.noPoint')}
        data={there.map(({ id, name }) => ({ value: id, label: name }))}
        value={point}
        onChange={setPoint}
        searchable
        comboboxProps={{ transitionProps: { duration: 0 } }}
      />
      <Button
        disabled={point === null}
        onClick={() => {
          if (point !== null) act({ do: 'invite', with: { point } });
          setPoint(null);
        }}
      >
        {t('floor.invite')}
      </Button>
    </div>
  );
}
