import { useQuery } from '@tanstack/react-query';
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { get } from '../../api/call';
import type { LiveState } from '../../conduct/state';
import { WatchAgain } from '../../parts/WatchAgain';
import type { Do } from '../../live/use-board';
import { ConfirmButton } from '../../parts/ConfirmButton';
import classes from './ChairControls.module.css';

interface Space {
  readonly hours: number;
  readonly used: number;
  readonly warning: boolean;
}

/** Starts, pauses and ends the recording. Before, it says how long the disk lasts (ARC-09). */
export function RecordControls({ live, act, meeting }: { readonly live: LiveState; readonly act: Do; readonly meeting: string }) {
  const { t } = useTranslation();
  const on = live.recording === true;
  const paused = live.recorder?.paused === true;
  const space = useQuery({
    queryKey: ['recording-space'],
    queryFn: async () => get<Space>('/api/recordings/space'),
    enabled: !on,
    refetchInterval: 60_000,
    retry: false,
  });
  return (
    <>
      {on ? (
        <>
          <Button variant="default" onClick={() => act({ do: 'record', with: { on: true, paused: !paused } })}>
            {t(paused ? 'chair.recordResume' : 'chair.recordPause')}
          </Button>
          <ConfirmButton variant="default" onConfirm={() => act({ do: 'record', with: { on: false } })}>
            {t('chair.recordStop')}
          </ConfirmButton>
          <WatchAgain meeting={meeting} />
        </>
      ) : (
        <div>
          <Button variant="default" onClick={() => act({ do: 'record', with: { on: true } })}>
            {t('chair.record')}
          </Button>
          <p className={classes.hint}>{t('chair.recordWhat')}</p>
          {space.data && (
            <p className={classes.hint}>
              {t('chair.recordHours', { count: Math.min(999, Math.floor(space.data.hours)) })}
              {space.data.warning && ` ${t('chair.recordLow', { percent: Math.round(space.data.used * 100) })}`}
            </p>
          )}
        </div>
      )}
    </>
  );
}
