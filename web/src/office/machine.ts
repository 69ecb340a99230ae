import type { MeetingLine } from '../api/meetings';
import { at } from '../conduct/board';
import { bridgeClock } from '../conduct/clock';
import type { Phase } from '../conduct/state';

/** The bridge opens a meeting to its points an hour before its start, and to those who come late an hour after its end. */
const leadMs = 3_600_000;

/** When this window last left each meeting. */
export type Left = ReadonlyMap<string, number>;

/** The meeting was left in its own time: not in a test run before, nor at the hour that it had before it was put off. */
const isLeft = (line: MeetingLine, left: Left): boolean => (left.get(line.id) ?? Number.NEGATIVE_INFINITY) >= at(line.start) - leadMs;

/** By the plan nobody is expected any more; the meeting may run on all the same, and then its points may still come. */
export const isPast = (end: string | undefined, now: number): boolean => at(end) + leadMs <= now;

/** A meeting was declared open and not closed yet. */
export const isRunning = (phase: Phase | undefined): boolean => phase === 'dang-hop' || phase === 'giai-lao';

/**
 * The meeting that a room's machine belongs in now, without those that it has left: one that is on, else the next to
 * begin, else one that is beyond its time, for as long as it runs.
 */
export function dueMeeting(lines: readonly MeetingLine[], now: number, left: Left, running: ReadonlySet<string>): MeetingLine | null {
  const open = lines
    .filter((line) => line.state === 'da-phat-hanh' && line.start !== undefined && !isLeft(line, left))
    .filter((line) => at(line.start) - leadMs <= now && (!isPast(line.end, now) || running.has(line.id)))
    .sort((a, b) => at(a.start) - at(b.start));
  const on = open.find((line) => at(line.start) <= now && now < at(line.end));
  return on ?? open.find((line) => at(line.start) > now) ?? open.at(-1) ?? null;
}

const key = 'diemcau.left';

/** Meetings that this window left or that ended: the machine does not go into them again by itself. */
export function leftHere(): Left {
  try {
    return readLeft(sessionStorage.getItem(key) ?? '');
  } catch {
    return new Map();
  }
}

/** One meeting a line: when it was left, a space, its name. */
export function readLeft(text: string): Left {
  const lines = text.split('\n').map((line): [string, number] => [line.slice(line.indexOf(' ') + 1), Number(line.split(' ', 1)[0])]);
  return new Map(lines.filter(([room, when]) => room !== '' && when > 0));
}

export const writeLeft = (left: Left): string => [...left].map(([room, when]) => `${when} ${room}`).join('\n');

export function noteLeft(room: string, left: boolean): void {
  const rooms = new Map(leftHere());
  if (left) rooms.set(room, bridgeClock.now());
  else rooms.delete(room);
  try {
    sessionStorage.setItem(key, writeLeft(rooms));
  } catch {
    // storage may be forbidden; the machine then offers the meeting again
  }
}
