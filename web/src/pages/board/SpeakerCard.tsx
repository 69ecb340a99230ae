import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { isOver, pointName, type Board } from '../../conduct/board';
import { countdown } from '../../conduct/clock';
import type { Do } from '../../live/use-board';
import { Panel } from '../../parts/Panel';
import classes from './SpeakerCard.module.css';

interface SpeakerCardProps {
  readonly board: Board;
  readonly now: number;
  readonly act: Do;
  /** The board has the cut elsewhere, always in the same place. */
  readonly cutElsewhere?: boolean;
}

/** Who has the floor and how long yet (CON-04, CON-06). */
export function SpeakerCard({ board, now, act, cutElsewhere = false }: SpeakerCardProps) {
  const { t } = useTranslation();
  const { speech, screen, main } = board.live;
  if (!speech) {
    return (
      <Panel title={t('floor.now')}>
        <p className={classes.nobody}>{isOver(board) ? t('room.closed') : t('floor.nobody', { main: pointName(board, main) })}</p>
      </Panel>
    );
  }
  const clock = countdown(speech.started, speech.due, now);
  const lost = screen.lost === speech.point;
  return (
    <Panel title={t('floor.now')} aside={speech.autoCut ? t('floor.autoCut') : undefined}>
      <div className={classes.card} data-colour={clock.colour}>
        <div className={classes.who}>
          <p className={classes.point} title={pointName(board, speech.point)} data-testid="floor-point">
            {pointName(board, speech.point)}
          </p>
          <p className={classes.person}>{[speech.name, speech.position].filter(Boolean).join(', ')}</p>
          {speech.topic && <p className={classes.topic}>{speech.topic}</p>}
          {lost && (
            <p className={classes.lost} role="alert">
              {t('floor.lost', { name: pointName(board, speech.point) })}
            </p>
          )}
        </div>
        <div className={classes.time}>
          <span className={classes.clock} data-testid="floor-clock" data-colour={clock.colour}>
            {clock.text}
          </span>
          <span className={classes.word}>{clock.over ? t('floor.over') : speech.due ? t('floor.left') : t('floor.spent')}</span>
        </div>
      </div>
      {board.you.floor && <div className={classes.acts}>
        {!cutElsewhere && (
          <Button size="md" color="red" onClick={() => act({ do: 'cut', with: {} })} className={classes.cut ?? ''}>
            {t('floor.cut')}
          </Button>
        )}
        {speech.due !== undefined && (
          <>
            <Button size="md" variant="default" onClick={() => act({ do: 'extend', with: { seconds: 60 } })}>
              {t('floor.extend', { minutes: 1 })}
            </Button>
            <Button size="md" variant="default" onClick={() => act({ do: 'extend', with: { seconds: 180 } })}>
              {t('floor.extend', { minutes: 3 })}
            </Button>
          </>
        )}
      </div>}
    </Panel>
  );
}
