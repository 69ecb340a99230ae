import { useTranslation } from 'react-i18next';
import { Icon } from '../../app/icons';
import type { RecordingWord } from '../../conduct/recorder';
import type { RoomView } from '../../conduct/room-view';
import type { LiveState } from '../../conduct/state';
import { RecordingNotice } from './RecordingNotice';
import classes from './RoomNotices.module.css';

interface RoomNoticesProps {
  readonly state: LiveState;
  readonly view: RoomView;
  readonly recording: RecordingWord;
  readonly silent: boolean;
  readonly echo?: boolean;
  readonly talkback?: boolean;
  readonly previewed?: boolean;
}

/** What everybody is told, in one column over the picture: nothing moves when it comes and goes. */
export function RoomNotices({ state, view, recording, silent, echo = false, talkback = false, previewed = false }: RoomNoticesProps) {
  const { t } = useTranslation();
  const stage = state.phase === 'tap-hop' ? t('room.gathering') : state.phase === 'giai-lao' ? t('room.recess') : state.phase === 'be-mac' ? t(state.calledOff ? 'room.calledOff' : 'room.closed') : '';
  return (
    <div className={classes.column} aria-live="polite">
      {state.loudspeaker && (
        <p className={classes.notice} data-kind="loudspeaker">
          {t('room.loudspeaker')}
        </p>
      )}
      <RecordingNotice word={recording} />
      {view.lost !== '' && (
        <p className={classes.notice} data-kind="lost" role="alert">
          <Icon name="warning" size="1.2em" />
          {t('room.lost', { name: view.lost })}
        </p>
      )}
      {(talkback || previewed) && (
        <p className={classes.notice} data-testid="off-air">
          {t(talkback ? 'room.talkback' : 'room.previewed')}
        </p>
      )}
      {state.banner && (
        <p className={classes.notice} data-testid="notice">
          {state.banner}
        </p>
      )}
      {stage !== '' && <p className={classes.notice}>{stage}</p>}
      {silent && (
        <p className={classes.notice} data-kind="lost" role="alert">
          <Icon name="micOff" size="1.2em" />
          {t('room.silentMic')}
        </p>
      )}
      {echo && (
        <p className={classes.notice} data-kind="lost" role="alert" data-testid="echo">
          <Icon name="sound" size="1.2em" />
          {t('room.echo')}
        </p>
      )}
    </div>
  );
}

/** What is told in a room that nobody conducts. */
export function PlainNotices({ recording }: { readonly recording: RecordingWord }) {
  return (
    <div className={classes.column} aria-live="polite">
      <RecordingNotice word={recording} />
    </div>
  );
}
