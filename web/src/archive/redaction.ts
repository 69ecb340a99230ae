import { get, send } from '../api/call';
import type { Detail, Track } from './desk';
import type { Level } from './dossier';

/** What a redacted version says of itself; names are those of recording/archive. */
export interface Redaction {
  readonly of: string;
  readonly name?: string;
  readonly at: string;
  readonly reason: string;
  readonly cuts: readonly Hole[];
}

export interface Hole {
  readonly from: number;
  readonly to: number;
  readonly tracks: readonly HoleTrack[];
}

export interface HoleTrack {
  readonly point?: string;
  readonly screen?: boolean;
  readonly sound?: boolean;
  readonly from: number;
  readonly to: number;
}

/** A version that was asked for. */
export interface Order {
  readonly id: string;
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  readonly percent: number;
  readonly why?: 'changed' | 'no_key' | 'no_space' | 'interrupted' | 'error';
}

export type Kind = 'picture' | 'sound' | 'content';

/** All that is of one kind from one point: it may have several tracks, one after another. */
export interface Source {
  readonly key: string;
  readonly point: string;
  readonly kind: Kind;
  readonly legs: readonly number[];
}

const kindOf = (track: Track): Kind => (track.screen ? 'content' : track.type.startsWith('video') ? 'picture' : 'sound');
const kinds: readonly Kind[] = ['picture', 'sound', 'content'];

/** What can be cut out of a stretch, point by point. */
export function sourcesOf(detail: Detail, from: number, to: number): Source[] {
  const found = new Map<string, Source>();
  for (const track of detail.tracks) {
    if (track.from >= to || track.to <= from) continue;
    const [point, kind] = [track.point ?? '', kindOf(track)];
    const key = `${point} ${kind}`;
    const before = found.get(key);
    found.set(key, { key, point, kind, legs: [...(before?.legs ?? []), track.leg] });
  }
  return [...found.values()].sort((a, b) => a.point.localeCompare(b.point) || kinds.indexOf(a.kind) - kinds.indexOf(b.kind));
}

/** What is missing of a hole, point by point: the kinds that were cut. */
export function missingOf(hole: Hole): { point: string; kinds: Kind[] }[] {
  const of = new Map<string, Set<Kind>>();
  for (const track of hole.tracks) {
    const point = track.point ?? '';
    const set = of.get(point) ?? new Set<Kind>();
    of.set(point, set.add(track.screen === true ? 'content' : track.sound === true ? 'sound' : 'picture'));
  }
  return [...of].map(([point, set]) => ({ point, kinds: kinds.filter((kind) => set.has(kind)) }));
}

/** Whether every point of the recording lacks the same: then they need not be named. */
export function isOfAll(detail: Detail, missing: readonly { point: string; kinds: readonly Kind[] }[]): boolean {
  const points = new Set(detail.tracks.map((track) => track.point ?? ''));
  const same = new Set(missing.map(({ kinds: lacking }) => lacking.join(' ')));
  return points.size > 1 && missing.length >= points.size && same.size === 1;
}

const base = (id: string): string => `/api/archive/recordings/${encodeURIComponent(id)}/redactions`;

export const fetchOrders = async (id: string): Promise<readonly Order[]> => (await get<{ readonly items: readonly Order[] }>(base(id))).items;

/** A stretch to be cut out of some tracks. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly legs: readonly number[];
}

/** Whoever has a version made proves himself within the same act. */
export async function orderVersion(id: string, cuts: readonly Stretch[], reason: string, level: Level | '', proof: () => Promise<unknown>): Promise<Order> {
  await proof();
  return send('POST', base(id), { cuts, reason, ...(level === '' ? {} : { level }) });
}
