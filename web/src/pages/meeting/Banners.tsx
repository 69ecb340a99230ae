import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../app/icons';
import type { MeetingSession } from '../../meeting/session';
import type { DeviceTrouble, MeetingState } from '../../meeting/state';
import { useDeviceHelp } from '../join/DeviceHelp';
import classes from './Banners.module.css';

/** What a person must know now, over the stage so that the tiles do not move. */
export function Banners({ session, state }: { readonly session: MeetingSession; readonly state: MeetingState }) {
  const { t } = useTranslation();
  return (
    <div className={classes.place}>
      {state.phase.kind === 'reconnecting' && <Reconnecting phase={state.phase} />}
      {state.phase.kind === 'live' && state.room.audioBlocked && (
        <div className={classes.banner} role="alert">
          <Icon name="sound" />
          <strong>{t('meeting.soundBlocked')}</strong>
          <button type="button" onClick={session.startSound}>
            {t('meeting.startSound')}
          </button>
        </div>
      )}
      {state.trouble && <Trouble trouble={state.trouble} onClose={session.forgetTrouble} />}
    </div>
  );
}

function Reconnecting({ phase }: { readonly phase: Extract<MeetingState['phase'], { kind: 'reconnecting' }> }) {
  const { t } = useTranslation();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.round((now - phase.since) / 1_000));
  const refused = phase.problem !== null && phase.problem !== 'unreachable';
  return (
    <div className={classes.banner} data-kind="lost" data-testid="reconnecting">
      <Icon name="warning" size={32} />
      <div>
        <strong className={classes.large}>{t('meeting.reconnecting')}</strong>
        <p className={classes.small}>{t('meeting.reconnectingFor', { seconds })}</p>
        {refused && phase.problem && <p className={classes.small}>{t(`problem.${phase.problem}`, { seconds: 30 })}</p>}
      </div>
    </div>
  );
}

function Trouble({ trouble, onClose }: { readonly trouble: DeviceTrouble; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const { title, steps } = useDeviceHelp([trouble.device], trouble.trouble);
  return (
    <div className={classes.banner} role="alert">
      <Icon name="warning" />
      <div>
        <strong>{title}</strong>
        <ol className={classes.steps}>
          {steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      </div>
      <button type="button" onClick={onClose}>
        {t('app.close')}
      </button>
    </div>
  );
}
