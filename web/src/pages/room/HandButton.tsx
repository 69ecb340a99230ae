import { useTranslation } from 'react-i18next';
import type { HandWord } from '../../conduct/room-view';
import classes from './HandButton.module.css';

interface HandButtonProps {
  readonly hand: HandWord;
  readonly waiting: number;
  readonly busy: boolean;
  readonly onHand: () => void;
  readonly onFinish: () => void;
}

/** One button, one key: ask to speak, take it back, end one's speech (CON-03). */
export function HandButton({ hand, waiting, busy, onHand, onFinish }: HandButtonProps) {
  const { t } = useTranslation();
  if (hand.kind === 'none') return waiting > 0 ? <p className={classes.waiting}>{t('room.waiting', { count: waiting })}</p> : null;
  if (hand.kind === 'speaking') {
    return (
      <button type="button" className={classes.button} data-kind="speaking" disabled={busy} onClick={onFinish}>
        {t('room.finish')}
      </button>
    );
  }
  const asked = hand.kind === 'waiting' || hand.kind === 'deferred';
  const place = hand.kind === 'waiting' ? t('room.place', { place: hand.place, count: hand.of }) : hand.kind === 'deferred' ? t('room.deferred') : '';
  return (
    <button type="button" className={classes.button} data-kind={hand.kind} aria-keyshortcuts="P" disabled={busy} onClick={onHand} data-testid="hand">
      <kbd className={classes.key}>P</kbd>
      <span>
        {asked ? t('room.withdraw') : t('room.hand')}
        {place !== '' && (
          <small className={classes.place} data-testid="place">
            {place}
          </small>
        )}
      </span>
    </button>
  );
}
