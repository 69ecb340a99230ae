import type { MeetingLine } from '../api/meetings';
import { at } from '../conduct/board';
import { dayOf } from '../i18n/clock';

/** Meetings by day, in the order in which they begin; cancelled ones last. */
export function byDay(lines: readonly MeetingLine[]): ReadonlyMap<string, readonly MeetingLine[]> {
  const days = new Map<string, MeetingLine[]>();
  for (const line of lines) {
    if (line.start === undefined) continue;
    const day = dayOf(new Date(line.start));
    days.set(day, [...(days.get(day) ?? []), line]);
  }
  for (const list of days.values()) list.sort((a, b) => Number(a.state === 'huy') - Number(b.state === 'huy') || at(a.start) - at(b.start));
  return days;
}

export function isOn(line: MeetingLine, now: number): boolean {
  return line.state === 'da-phat-hanh' && at(line.start) <= now && now < at(line.end);
}

export interface Asks {
  /** Invitations to which his point has not replied. */
  readonly replies: readonly MeetingLine[];
  readonly papers: readonly MeetingLine[];
  readonly tests: readonly MeetingLine[];
  readonly drafts: readonly MeetingLine[];
}

/** What is waited for from whoever asked for the list, the nearest first. */
export function asksOf(lines: readonly MeetingLine[], now: number): Asks {
  const live = lines.filter((line) => line.start !== undefined && line.state !== 'huy').sort((a, b) => at(a.start) - at(b.start));
  const ahead = live.filter((line) => line.state === 'da-phat-hanh' && at(line.start) > now);
  return {
    replies: ahead.filter((line) => (line.mine?.point ?? '') !== '' && line.mine?.answer === 'chua-phan-hoi'),
    papers: ahead.filter((line) => (line.mine?.withoutPapers ?? 0) > 0),
    tests: ahead.filter((line) => (line.mine?.untested ?? 0) > 0),
    drafts: live.filter((line) => line.state === 'du-thao'),
  };
}

const boards = [
  ['chu-tri', 'chu-tri'],
  ['thu-ky', 'thu-ky'],
  ['ky-thuat-vien', 'ky-thuat'],
] as const;

/** The address of the board that he has in this meeting; null where he has none: rights elsewhere give none here. */
export function boardIn(line: MeetingLine): string | null {
  const found = boards.find(([right]) => line.mine?.rights.includes(right));
  return found ? `/hop/${encodeURIComponent(line.id)}/${found[1]}` : null;
}
