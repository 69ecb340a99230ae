import { Button } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { useTranslation } from 'react-i18next';
import { Notice } from '../../app/Notice';
import { useNow } from '../../app/use-now';
import { Problem } from '../../api/problem';
import { isOver, type Board } from '../../conduct/board';
import { isRefusal } from '../../live/board-line';
import { useBoard, type Do } from '../../live/use-board';
import { lockAfterMs, useBoardLock } from '../../live/use-board-lock';
import { useSession } from '../office/use-session';
import { LockedBoard } from './LockedBoard';

export interface BoardProps {
  readonly board: Board;
  readonly now: number;
  readonly act: Do;
  readonly stale?: boolean;
}

/** Brings a board its meeting. A board that was shown stays while the line is out, and says that it is old. */
export function BoardRoute({ board: View }: { readonly board: ComponentType<BoardProps> }) {
  const { t } = useTranslation();
  const { room = '' } = useParams({ strict: false });
  const session = useSession();
  const lock = useBoardLock(lockAfterMs(session.data));
  const { board, problem, stale, act, open } = useBoard(room, lock.lock);
  const now = useNow(500);
  if (board && problem && takesAway(problem, board)) return <NoBoard problem={problem} onOpen={open} />;
  if (board?.you.partial) return <NoBoard problem={new Problem('right_missing', 403)} onOpen={open} />;
  if (board && lock.locked) return <LockedBoard title={board.plan.title} onUnlock={lock.unlock} onPasskey={lock.unlockByPasskey} />;
  if (board) return <View board={board} now={now} act={act} stale={stale} />;
  if (!problem) return <Notice title={t('board.loading')} />;
  return <NoBoard problem={problem} onOpen={open} />;
}

/** The session has ended, or the board is his no more: what was shown is put away. The papers of a closed meeting stay. */
const takesAway = (problem: Problem, board: Board): boolean => isRefusal(problem) && !(problem.code === 'not_found' && isOver(board));

function NoBoard({ problem, onOpen }: { readonly problem: Problem; readonly onOpen: () => void }) {
  const { t } = useTranslation();
  const signedOut = problem.status === 401;
  if (problem.code === 'not_found') {
    return (
      <Notice title={t('board.notOpen')} text={t('board.notOpenText')}>
        <Button size="lg" onClick={onOpen}>
          {t('board.open')}
        </Button>
        <Button size="lg" variant="default" component="a" href="/trang-chu">
          {t('home.title')}
        </Button>
      </Notice>
    );
  }
  return (
    <Notice title={t('board.cannot')} text={signedOut ? t('board.signIn') : t(`problem.${problem.code}`, { seconds: 30 })}>
      <Button size="lg" component="a" href={signedOut ? '/dang-nhap' : '/trang-chu'}>
        {signedOut ? t('signIn.title') : t('home.title')}
      </Button>
    </Notice>
  );
}
