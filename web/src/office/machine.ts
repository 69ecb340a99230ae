import type { MeetingLine } from '../api/meetings';
import { at } from '../conduct/board';

/** The bridge opens a meeting to its points an hour before its start, and to those who come late an hour after its end. */
const leadMs = 3_600_000;

/**
 * The meeting that a room's machine belongs in now, without those that it has left: one that is on, else the next to
 * begin, else one that is beyond its time.
 */
export function dueMeeting(lines: readonly MeetingLine[], now: number, left: ReadonlySet<string>): MeetingLine | null {
  const open = lines
    .filter((line) => line.state === 'da-phat-hanh' && line.start !== undefined && !left.has(line.id))
    .filter((line) => at(line.start) - leadMs <= now && now < at(line.end) + leadMs)
    .sort((a, b) => at(a.start) - at(b.start));
  const on = open.find((line) => at(line.start) <= now && now < at(line.end));
  return on ?? open.find((line) => at(line.start) > now) ?? open.at(-1) ?? null;
}

const key = 'diemcau.left';

/** Meetings that this window left or that ended: the machine does not go into them again by itself. */
export function leftHere(): ReadonlySet<string> {
  try {
    return new Set((sessionStorage.getItem(key) ?? '').split('\n').filter(Boolean));
  } catch {
    return new Set();
  }
}

export function noteLeft(room: string, left: boolean): void {
  const rooms = new Set(leftHere());
  if (left) rooms.add(room);
  else rooms.delete(room);
  try {
    sessionStorage.setItem(key, [...rooms].join('\n'));
  } catch {
    // storage may be forbidden; the machine then offers the meeting again
  }
}
