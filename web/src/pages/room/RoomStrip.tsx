import { useTranslation } from 'react-i18next';
import type { RoomView } from '../../conduct/room-view';
import { HandButton } from './HandButton';
import { MicSign } from './MicSign';
import classes from './RoomStrip.module.css';

interface RoomStripProps {
  readonly view: RoomView;
  readonly busy: boolean;
  readonly onHand: () => void;
  readonly onFinish: () => void;
}

/** What this room must know at a glance: is it heard, who speaks, how long yet, its turn. */
export function RoomStrip({ view, busy, onHand, onFinish }: RoomStripProps) {
  const { t } = useTranslation();
  const { speaker, clock } = view;
  return (
    <section className={classes.strip} aria-label={t('room.nowSpeaking', { name: speaker?.name ?? '' })}>
      <MicSign word={view.mic} mayOpen={view.mayOpenMic} />
      <div className={classes.middle}>
        {speaker && (
          <p className={classes.speaker} data-testid="speaker">
            <strong>{speaker.name}</strong>
            {speaker.person && <span className={classes.person}>{speaker.person}</span>}
          </p>
        )}
      </div>
      {clock && view.ownClock && (
        <div className={classes.clock} data-colour={clock.colour} data-testid="room-clock">
          <span className={classes.time}>{clock.text}</span>
          <span className={classes.word}>{clock.over ? t('room.overTime') : t('room.timeLeft')}</span>
        </div>
      )}
      <HandButton hand={view.hand} waiting={view.waiting} busy={busy} onHand={onHand} onFinish={onFinish} />
    </section>
  );
}
