import { Tabs } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { holds, isOver, type Board } from '../../conduct/board';
import { AwardPanel } from '../board/AwardPanel';
import { BoardShell } from '../board/BoardShell';
import type { BoardProps } from '../board/BoardRoute';
import { OrderTable } from '../board/OrderTable';
import { QueueTable } from '../board/QueueTable';
import { SpeakerCard } from '../board/SpeakerCard';
import { TaskList } from '../board/TaskList';
import { VotePanel } from '../board/VotePanel';
import { Held } from '../../parts/Held';
import { useGuests, waiting } from '../../live/use-guests';
import { WatchAgain } from '../../parts/WatchAgain';
import { MinutesDesk } from '../minutes/MinutesDesk';
import { ChapterMark } from './ChapterMark';
import { GuestDoor } from './GuestDoor';
import { HandsTable } from './HandsTable';
import { LiveMinutes } from './LiveMinutes';
import { MotionForm } from './MotionForm';
import { RollCall } from './RollCall';
import classes from './SecretaryBoard.module.css';

const tabs = ['roll', 'minutes', 'floor', 'vote', 'tasks', 'papers', 'guests'] as const;
type TabName = (typeof tabs)[number];

const nothing = () => undefined;

interface SecretaryBoardProps extends BoardProps {
  /** The sheet that lies on top; else what the meeting is at. */
  readonly first?: TabName;
}

function sheetOf(board: Board): TabName {
  if (board.live.phase === 'tap-hop') return 'roll';
  if (board.live.phase === 'be-mac') return 'papers';
  return board.votes.some((vote) => vote.phase === 'mo') ? 'vote' : 'minutes';
}

/** The secretary's board: roll call, course, floor, votes and conclusions, beside the agenda that never leaves. */
export function SecretaryBoard({ board, now, act, stale = false, first }: SecretaryBoardProps) {
  const { t } = useTranslation();
  const [tab, setTab] = useState<TabName>(() => first ?? sheetOf(board));
  const invites = board.you.floor;
  const writes = holds(board, 'thu-ky', 'chu-tri');
  const atDoor = waiting(useGuests(board.plan.id, writes && !isOver(board)).data ?? []);
  const openVote = board.votes.find((vote) => vote.phase === 'mo');
  return (
    <BoardShell name="secretary" board={board} now={now} act={act} stale={stale}>
      <div className={classes.grid}>
        <div className={classes.order}>
          <OrderTable board={board} now={now} act={act} />
          {!isOver(board) && board.you.seats.length > 0 && <ChapterMark board={board} now={now} act={act} />}
          {board.live.recording === true && writes && <WatchAgain meeting={board.plan.id} />}
        </div>
        <Tabs value={tab} onChange={(value) => setTab(tabs.find((each) => each === value) ?? 'minutes')} classNames={{ root: classes.tabs ?? '', panel: classes.panel ?? '', list: classes.list ?? '' }} keepMounted={false}>
          <Tabs.List aria-label={t('board.secretary')}>
            {tabs.map((name) => (
              <Tabs.Tab key={name} value={name}>
                {t(`secretary.tab.${name}`)}
                {name === 'floor' && board.queue.length > 0 && <span className={classes.badge}>{board.queue.length}</span>}
                {name === 'guests' && atDoor > 0 && <span className={classes.badge}>{atDoor}</span>}
                {name === 'roll' && <span className={classes.badge}>{`${board.live.roll.present}/${board.live.roll.points}`}</span>}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value="roll">
            <Held may={writes}>
              <RollCall board={board} act={writes ? act : nothing} />
            </Held>
          </Tabs.Panel>
          <Tabs.Panel value="minutes">
            <Held may={holds(board, 'thu-ky')}>
              <LiveMinutes board={board} act={act} />
            </Held>
          </Tabs.Panel>
          <Tabs.Panel value="floor">
            <SpeakerCard board={board} now={now} act={act} />
            <AwardPanel board={board} act={act} />
            <QueueTable board={board} now={now} act={act} invites={invites} />
          </Tabs.Panel>
          <Tabs.Panel value="vote">
            <VotePanel board={board} act={act} chairs={false} />
            <Held may={writes}>
              {openVote?.motion.form === 'gio-tay' && <HandsTable board={board} vote={openVote} act={act} />}
              {!openVote && !isOver(board) && <MotionForm board={board} act={act} />}
            </Held>
          </Tabs.Panel>
          <Tabs.Panel value="tasks">
            <Held may={writes}>
              <TaskList board={board} act={act} />
            </Held>
          </Tabs.Panel>
          <Tabs.Panel value="papers">
            <MinutesDesk meeting={board.plan.id} rights={board.you.seats} />
          </Tabs.Panel>
          <Tabs.Panel value="guests">
            <GuestDoor meeting={board.plan.id} />
          </Tabs.Panel>
        </Tabs>
      </div>
    </BoardShell>
  );
}
