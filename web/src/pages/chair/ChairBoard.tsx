import { useTranslation } from 'react-i18next';
import { holds, isOver, type Board } from '../../conduct/board';
import { nextInQueue, queueRows } from '../../conduct/queue';
import type { Do } from '../../live/use-board';
import { AwardPanel } from '../board/AwardPanel';
import { BoardShell } from '../board/BoardShell';
import { OrderTable } from '../board/OrderTable';
import { QueueTable } from '../board/QueueTable';
import { SpeakerCard } from '../board/SpeakerCard';
import { TaskList } from '../board/TaskList';
import { VotePanel } from '../board/VotePanel';
import classes from './ChairBoard.module.css';
import { ChairControls } from './ChairControls';
import { LeaveRequests } from './LeaveRequests';
import { ThumbBar } from './ThumbBar';

interface ChairBoardProps {
  readonly board: Board;
  readonly now: number;
  readonly act: Do;
  readonly stale?: boolean;
}

/** The chair's board: who speaks, who waits, where the agenda stands. On a tablet the main acts lie under the right thumb. */
export function ChairBoard({ board, now, act, stale = false }: ChairBoardProps) {
  const { t } = useTranslation();
  const next = nextInQueue(queueRows(board, now));
  const chairs = holds(board, 'chu-tri');
  // While awards are given, they are what the chair looks at.
  const giving = board.award !== undefined;
  return (
    <BoardShell name="chair" board={board} now={now} act={act} stale={stale}>
      <h2 className="visually-hidden">{t('board.chair')}</h2>
      <div className={classes.grid}>
        <div className={classes.floor}>
          {chairs && giving && <AwardPanel board={board} act={act} />}
          <SpeakerCard board={board} now={now} act={act} cutElsewhere />
          <QueueTable board={board} now={now} act={act} invites={board.you.floor} />
        </div>
        <div className={classes.order}>
          <OrderTable board={board} now={now} act={act} />
        </div>
        <div className={classes.side}>
          {chairs && !giving && <AwardPanel board={board} act={act} />}
          <VotePanel board={board} act={act} chairs={chairs && !isOver(board)} />
          {chairs && !isOver(board) && <LeaveRequests board={board} act={act} />}
          {chairs && !isOver(board) && <ChairControls board={board} act={act} />}
          {chairs && !isOver(board) && <TaskList board={board} act={act} beside />}
        </div>
      </div>
      {board.you.floor && <ThumbBar board={board} next={next} act={act} />}
    </BoardShell>
  );
}
