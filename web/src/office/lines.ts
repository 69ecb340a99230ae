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

/** Ids of meetings whose time another one of the list overlaps. */
export function overlapping(lines: readonly MeetingLine[]): ReadonlySet<string> {
  const live = lines.filter((line) => line.state !== 'huy' && line.start && line.end);
  const found = new Set<string>();
  for (const [index, one] of live.entries()) {
    for (const other of live.slice(index + 1)) {
      if (at(one.start) >= at(other.end) || at(other.start) >= at(one.end)) continue;
      found.add(one.id).add(other.id);
    }
  }
  return found;
}
