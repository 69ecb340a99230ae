import { useEffect, useState, type ComponentType } from 'react';
import type { Board } from '../../conduct/board';
import { crowd, crowdFacts } from '../../conduct/crowd';
import { briefing } from '../../conduct/sample';
import { LockedBoard } from '../board/LockedBoard';
import { ChairBoard } from '../chair/ChairBoard';
import { SecretaryBoard } from '../secretary/SecretaryBoard';
import { TechnicianBoard } from '../technician/TechnicianBoard';
import { CameraSample } from './CameraSample';
import { ChatSample } from './ChatSample';
import { LayoutSample } from './LayoutSample';
import { OfficeSample } from './OfficeSample';
import { RoomSample } from './RoomSample';

const { board, now, live } = briefing;
const nothing = () => undefined;
const long = `${board.plan.host} ${board.plan.title} `.repeat(3).slice(0, 200);

const gathering: Board = {
  ...board,
  live: { ...live, phase: 'tap-hop', recording: false },
  roll: Object.fromEntries(Object.entries(board.roll).map(([point, mark]) => [point, { ...mark, status: 'chua-diem-danh', present: 0 }])),
};
const { speech: _speech, ...silentLive } = live;
const quiet: Board = { ...board, queue: [], live: { ...silentLive, queue: [], waiting: 0, screen: { layout: 'toan-man-hinh', tiles: ['LG-00'] } } };
const voting: Board = {
  ...board,
  votes: board.votes.map((vote) => ({
    ...vote,
    phase: 'mo',
    entries: [
      { point: 'LG-X1', counts: { for: 2, against: 0, abstain: 1 }, by: 'a', at: '' },
      { point: 'LG-X1', counts: { for: 3, against: 0, abstain: 0 }, by: 'a', at: '', confirmed: 'b' },
      { point: 'LG-X2', counts: { for: 2, against: 1, abstain: 0 }, by: 'a', at: '' },
    ],
  })),
};
const looks: Board = { ...board, you: { ...board.you, seats: [], floor: false } };
const closed: Board = { ...quiet, live: { ...quiet.live, phase: 'be-mac', recording: false } };
const longNames: Board = {
  ...board,
  plan: { ...board.plan, title: long, points: board.plan.points.map((point) => (['LG-X1', 'LG-X3'].includes(point.id) ? { ...point, name: long } : point)) },
};
const awards: Board = {
  ...board,
  award: 1,
  plan: {
    ...board.plan,
    awards: Array.from({ length: 7 }, (_, index) => ({
      decision: '',
      award: board.votes[0]?.motion.title ?? '',
      to: board.plan.points[index]?.name ?? '',
      group: index < 3,
      ...(index === 4 ? { point: 'LG-X1' } : index === 5 ? { point: 'LG-X4' } : {}),
    })),
  },
  points: { ...board.points, 'LG-X2': { connected: true, asked: board.plan.start ?? '', why: board.plan.agenda[3]?.title ?? '' } },
  live: { ...live, banner: board.plan.agenda[2]?.title ?? '', screen: { ...live.screen, content: 'LG-S1', music: true, lowerThird: [board.plan.points[1]?.name ?? '', board.plan.host] } },
};
const vote = { motion: 'bq-1', title: board.votes[0]?.motion.title ?? '', eligible: 41, present: 38, cast: 12 } as const;

const honoured: readonly string[] = [board.plan.people.chair?.name ?? '', board.plan.people.chair?.position ?? '', board.plan.host];
const honouredLong: readonly string[] = [long.slice(0, 110), board.plan.host];
const silentTalk = { on: false, fault: null, press: nothing } as const;

function Crowd() {
  const [tick, setTick] = useState(0);
  const [meeting] = useState(() => crowd(140));
  useEffect(() => {
    const timer = setInterval(() => setTick((old) => old + 1), 500);
    return () => clearInterval(timer);
  }, []);
  return <TechnicianBoard board={meeting} now={now} act={nothing} facts={crowdFacts(meeting, tick)} preview={null} onPreview={nothing} picture={null} talk={silentTalk} />;
}

export const states: Readonly<Record<string, ComponentType>> = {
  chair: () => <ChairBoard board={board} now={now} act={nothing} />,
  'chair-over': () => <ChairBoard board={board} now={now + 60_000} act={nothing} />,
  'chair-quiet': () => <ChairBoard board={quiet} now={now} act={nothing} stale />,
  'chair-long': () => <ChairBoard board={longNames} now={now} act={nothing} />,
  'chair-looks': () => <ChairBoard board={looks} now={now} act={nothing} />,
  'chair-closed': () => <ChairBoard board={closed} now={now} act={nothing} />,
  'chair-awards': () => <ChairBoard board={awards} now={now} act={nothing} />,
  'technician-awards': () => <TechnicianBoard board={awards} now={now} act={nothing} facts={crowdFacts(awards, 1)} preview="LG-X1" onPreview={nothing} picture={null} talk={silentTalk} />,
  'technician-pages': () => <TechnicianBoard board={{ ...board, live: { ...live, screen: { ...live.screen, layout: 'luoi-4', page: 1, pages: 3 } } }} now={now} act={nothing} facts={crowdFacts(board, 1)} preview={null} onPreview={nothing} picture={null} talk={silentTalk} />,
  'technician-over': () => <TechnicianBoard board={closed} now={now} act={nothing} facts={new Map()} preview={null} onPreview={nothing} picture={null} talk={silentTalk} />,
  secretary: () => <SecretaryBoard board={board} now={now} act={nothing} />,
  'secretary-roll': () => <SecretaryBoard board={gathering} now={now} act={nothing} />,
  'secretary-vote': () => <SecretaryBoard board={voting} now={now} act={nothing} />,
  'secretary-floor': () => <SecretaryBoard board={board} now={now} act={nothing} first="floor" />,
  'secretary-tasks': () => <SecretaryBoard board={board} now={now} act={nothing} first="tasks" />,
  'secretary-papers': () => <SecretaryBoard board={closed} now={now} act={nothing} />,
  'secretary-long': () => <SecretaryBoard board={longNames} now={now} act={nothing} first="roll" />,
  technician: Crowd,
  'board-locked': () => <LockedBoard title={board.plan.title} onUnlock={async () => undefined} onPasskey={async () => undefined} />,
  room: () => <RoomSample state={live} own="LG-X2" />,
  'room-main': () => <RoomSample state={live} own="LG-00" micOn />,
  'room-waiting': () => <RoomSample state={live} own="LG-P2" />,
  'room-speaking': () => <RoomSample state={live} own="LG-X1" micOn silent />,
  'room-long': () => <RoomSample state={live} own="LG-X1" micOn name={long} />,
  'room-lost': () => <RoomSample state={{ ...live, banner: board.plan.title, screen: { ...live.screen, lost: 'LG-X1' } }} own="LG-X2" />,
  'room-ceremony': () => <RoomSample state={{ ...live, screen: { ...live.screen, music: true, lowerThird: [board.plan.people.chair?.name ?? '', board.plan.people.chair?.position ?? '', board.plan.host] } }} own="LG-X2" />,
  'room-recess': () => <RoomSample state={{ ...silentLive, phase: 'giai-lao', loudspeaker: true }} own="LG-X2" />,
  'room-vote': () => <RoomSample state={{ ...live, vote: { ...vote, form: 'ghi-ten', phase: 'mo' } }} own="LG-X2" />,
  'room-hands': () => <RoomSample state={{ ...live, vote: { ...vote, form: 'gio-tay', phase: 'mo' } }} own="LG-X2" />,
  'room-unpaired': () => <RoomSample state={{ ...live, vote: { ...vote, form: 'ghi-ten', phase: 'mo' } }} own="LG-X9" />,
  'room-result': () => <RoomSample state={{ ...live, vote: { ...vote, form: 'gio-tay', phase: 'dong', result: { for: 35, against: 1, abstain: 2, perMille: 854, passed: true } } }} own="LG-X2" />,
  chat: () => <ChatSample kind="point" />,
  'chat-keeper': () => <ChatSample kind="keeper" />,
  'chat-empty': () => <ChatSample kind="empty" />,
  camera: CameraSample,
  'chat-off': () => <ChatSample kind="off" />,
  home: () => <OfficeSample page="home" />,
  week: () => <OfficeSample page="week" />,
  month: () => <OfficeSample page="month" />,
  editor: () => <OfficeSample page="editor" />,
  'editor-empty': () => <OfficeSample page="editor-empty" />,
  'layout-full': () => <LayoutSample layout="toan-man-hinh" points={3} />,
  'layout-full-content': () => <LayoutSample layout="toan-man-hinh" points={3} content />,
  'layout-main-2': () => <LayoutSample layout="chinh-phat-bieu" points={2} />,
  'layout-main-content': () => <LayoutSample layout="chinh-phat-bieu" points={2} content />,
  'layout-grid4-3': () => <LayoutSample layout="luoi-4" points={3} />,
  'layout-grid9-6': () => <LayoutSample layout="luoi-9" points={6} />,
  'layout-grid16-16': () => <LayoutSample layout="luoi-16" points={16} />,
  'layout-grid16-11': () => <LayoutSample layout="luoi-16" points={11} />,
  'layout-strip-3': () => <LayoutSample layout="phat-bieu-dai" points={3} />,
  'layout-strip-6': () => <LayoutSample layout="phat-bieu-dai" points={6} />,
  'layout-strip-16': () => <LayoutSample layout="phat-bieu-dai" points={16} />,
  'layout-ceremony': () => <LayoutSample layout="toan-man-hinh" points={1} lowerThird={honoured} />,
  'layout-ceremony-2': () => <LayoutSample layout="chinh-phat-bieu" points={2} lowerThird={honouredLong} />,
};
