import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { isOver, type Board } from '../../conduct/board';
import type { QueueRow } from '../../conduct/queue';
import type { Do } from '../../live/use-board';
import classes from './ThumbBar.module.css';

interface ThumbBarProps {
  readonly board: Board;
  readonly next: QueueRow | null;
  readonly act: Do;
}

/** The two acts of the whole meeting, always in the same corner: cut back, and call the next. After it, its papers. */
export function ThumbBar({ board, next, act }: ThumbBarProps) {
  const { t } = useTranslation();
  if (isOver(board)) {
    return (
      <div className={classes.bar}>
        <Button size="xl" component="a" href={`/lich/${encodeURIComponent(board.plan.id)}/bien-ban`}>
          {t('signing.way')}
        </Button>
      </div>
    );
  }
  return (
    <div className={classes.bar} role="toolbar" aria-label={t('board.mainActs')}>
      <Button size="xl" color="red" disabled={!board.live.speech} onClick={() => act({ do: 'cut', with: {} })}>
        {t('floor.cut')}
      </Button>
      <Button
        size="xl"
        className={classes.next ?? ''}
        disabled={next === null}
        onClick={() => next && act({ do: 'invite', with: { point: next.point, entry: next.id } })}
        data-testid="invite-next"
      >
        <span className={classes.words}>
          <small>{t('floor.inviteNext')}</small>
          <span className={classes.name}>{next?.name ?? t('queue.nobody')}</span>
        </span>
      </Button>
    </div>
  );
}
