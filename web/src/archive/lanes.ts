import type { Detail } from './desk';

/** One stretch of a lane, as shares of the whole length. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly at: number;
  readonly label: string;
}

export interface Lane {
  readonly id: string;
  readonly name: string;
  readonly kind: 'items' | 'votes' | 'marks' | 'coming' | 'point';
  readonly stretches: readonly Stretch[];
}

/** Voices of a point that are closer than this are drawn as one. */
const gapMs = 2_000;
/** Points that spoke most have lanes of their own. */
const pointLanes = 12;

export interface Names {
  readonly items: string;
  readonly votes: string;
  readonly marks: string;
  readonly coming: string;
  readonly event: (kind: string, point: string) => string;
}

/** The name of a point as the recording has it. */
export function pointName(detail: Detail, point: string): string {
  return detail.tracks.find((track) => track.point === point && track.name !== undefined && track.name !== '')?.name ?? point;
}

/** The lanes under the picture: items, votes, marks, who came and left, and who spoke. */
export function lanesOf(detail: Detail, names: Names): Lane[] {
  const whole = Math.max(detail.length, 1);
  const stretch = (from: number, to: number, label: string): Stretch => ({ from: from / whole, to: Math.min(Math.max(to, from) / whole, 1), at: from, label });
  const chapters = (kind: string): Stretch[] => {
    const all = detail.chapters.filter((each) => each.kind === kind);
    return all.map((each, i) => stretch(each.from, each.to ?? (kind === 'mark' ? each.from : (all[i + 1]?.from ?? detail.length)), each.title));
  };
  const coming = detail.moments.map((each) => stretch(each.at, each.at, names.event(each.kind, each.point === undefined ? '' : pointName(detail, each.point))));
  const lanes: Lane[] = [
    { id: 'items', name: names.items, kind: 'items', stretches: chapters('item') },
    { id: 'votes', name: names.votes, kind: 'votes', stretches: chapters('vote') },
    { id: 'marks', name: names.marks, kind: 'marks', stretches: chapters('mark') },
    { id: 'coming', name: names.coming, kind: 'coming', stretches: coming },
  ];
  return [...lanes.filter((lane) => lane.stretches.length > 0), ...speaking(detail, stretch)];
}

const total = (all: readonly { from: number; to: number }[]): number => all.reduce((sum, each) => sum + each.to - each.from, 0);

function speaking(detail: Detail, stretch: (from: number, to: number, label: string) => Stretch): Lane[] {
  const spoken = new Map<string, { from: number; to: number }[]>();
  const heard = [...detail.voices, ...detail.speeches.map((each) => ({ point: each.point, from: each.from, to: each.to ?? detail.length }))];
  for (const voice of heard.sort((a, b) => a.from - b.from)) {
    const all = spoken.get(voice.point) ?? [];
    const last = all.at(-1);
    if (last && voice.from - last.to < gapMs) last.to = Math.max(last.to, voice.to);
    else all.push({ from: voice.from, to: voice.to });
    spoken.set(voice.point, all);
  }
  return [...spoken]
    .sort(([, a], [, b]) => total(b) - total(a))
    .slice(0, pointLanes)
    .map(([point, all]) => ({
      id: point,
      name: pointName(detail, point),
      kind: 'point' as const,
      stretches: all.map((each) => stretch(each.from, each.to, pointName(detail, point))),
    }));
}

/** The next place of a lane behind a time, or its first when there is none. */
export function nextIn(lane: Lane, time: number): number | null {
  return (lane.stretches.find((each) => each.at > time + 500) ?? lane.stretches[0])?.at ?? null;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** Milliseconds as 1:02:03. */
export function timeCode(ms: number): string {
  const seconds = Math.floor(Math.max(ms, 0) / 1000);
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** "1:02:03", "2:03" or "3" as milliseconds; null for what is no time. */
export function timeOf(text: string): number | null {
  const parts = text.trim().split(':');
  if (parts.length > 3 || parts.some((part) => !/^\d{1,4}$/.test(part))) return null;
  return parts.reduce((sum, part) => 60 * sum + Number(part), 0) * 1000;
}
