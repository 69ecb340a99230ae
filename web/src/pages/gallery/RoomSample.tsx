import { recordingWord } from '../../conduct/recorder';
import { roomView } from '../../conduct/room-view';
import { briefing } from '../../conduct/sample';
import type { LiveState } from '../../conduct/state';
import { ItemLine } from '../room/ItemLine';
import { LowerThird } from '../room/LowerThird';
import { RoomNotices } from '../room/RoomNotices';
import { RoomStrip } from '../room/RoomStrip';
import { VoteSheet } from '../room/VoteSheet';
import classes from './RoomSample.module.css';

interface RoomSampleProps {
  readonly state: LiveState;
  readonly own: string;
  readonly micOn?: boolean;
  readonly silent?: boolean;
  readonly name?: string;
}

const nothing = () => undefined;

/** A room's screen without media: a drawn picture in place of the camera's. */
export function RoomSample({ state, own, micOn = false, silent = false, name }: RoomSampleProps) {
  const view = roomView({ state, own, micOn, now: briefing.now, nameOf: (point) => (point === state.speech?.point && name ? name : (briefing.names[point] ?? point)) });
  const voters = briefing.board.plan.voters?.filter((voter) => voter.point === own) ?? [];
  return (
    <main className={classes.page}>
      <h1 className="visually-hidden">{own}</h1>
      <ItemLine item={`4. ${briefing.board.plan.agenda[3]?.title ?? ''}`} />
      <RoomNotices state={state} view={view} recording={recordingWord(state, false)} silent={silent} />
      <div className={classes.stage}>{view.speaker?.name ?? ''}</div>
      <LowerThird lines={state.screen.lowerThird ?? []} />
      {view.vote && <VoteSheet vote={view.vote} voters={voters} known={view.mayOpenMic || voters.length > 0} onCast={nothing} onHands={nothing} />}
      <RoomStrip view={view} busy={false} onHand={nothing} onFinish={nothing} />
    </main>
  );
}
