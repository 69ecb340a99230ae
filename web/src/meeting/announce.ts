import type { MeetingState } from './state';

export interface Announcement {
  readonly key:
    | 'joined'
    | 'left'
    | 'contentOn'
    | 'contentOff'
    | 'micOn'
    | 'micOff'
    | 'cameraOn'
    | 'cameraOff'
    | 'lineLost'
    | 'lineBack'
    | 'lineWeak';
  readonly name?: string;
}

function pointNames(state: MeetingState): Map<string, string> {
  return new Map(
    state.room.points.filter((tile) => !tile.point.own).map((tile) => [tile.point.identity, tile.point.name]),
  );
}

function arrivals(before: MeetingState, after: MeetingState): Announcement[] {
  const was = pointNames(before);
  const is = pointNames(after);
  const said: Announcement[] = [];
  for (const [identity, name] of is) if (!was.has(identity)) said.push({ key: 'joined', name });
  for (const [identity, name] of was) if (!is.has(identity)) said.push({ key: 'left', name });
  return said;
}

function contents(before: MeetingState, after: MeetingState): Announcement[] {
  const was = before.room.contents[0];
  const is = after.room.contents[0];
  if (!was && is) return [{ key: 'contentOn', name: is.point.name }];
  if (was && !is) return [{ key: 'contentOff', name: was.point.name }];
  return [];
}

function ownLine(state: MeetingState): string | undefined {
  return state.room.points.find((tile) => tile.point.own)?.point.line;
}

/** What a screen reader is told when the first state became the second. */
export function announcements(before: MeetingState, after: MeetingState): Announcement[] {
  if (before.phase.kind !== 'reconnecting' && after.phase.kind === 'reconnecting') return [{ key: 'lineLost' }];
  if (before.phase.kind === 'reconnecting' && after.phase.kind === 'live') return [{ key: 'lineBack' }];
  if (before.phase.kind !== 'live' || after.phase.kind !== 'live') return [];
  const said = [...arrivals(before, after), ...contents(before, after)];
  if (before.mic !== after.mic) said.push({ key: after.mic ? 'micOn' : 'micOff' });
  if (before.camera !== after.camera) said.push({ key: after.camera ? 'cameraOn' : 'cameraOff' });
  if (ownLine(before) !== 'weak' && ownLine(after) === 'weak') said.push({ key: 'lineWeak' });
  return said;
}
