import { pointName, type Board } from './board';
import type { LineFigures } from './lines';
import { rollOrder } from './roll';
import { mayOpenMic } from './room-view';
import type { PointId } from './state';

/** The technician's view of a hundred and forty points (CON-15): facts in, alarms and order out. */

/** What is measured of one point; null where nobody measures it. */
export interface PointFacts {
  /** 0 to 1, the loudness of its microphone. */
  readonly level: number;
  readonly mic: boolean;
  readonly camera: boolean;
  readonly width: number | null;
  readonly height: number | null;
  /** What it sends, and what it is sent. */
  readonly kbps: number | null;
  readonly downKbps: number | null;
  readonly lossPercent: number | null;
  readonly rttMs: number | null;
  readonly line: 'good' | 'fair' | 'weak' | 'audioOnly' | 'lost' | 'unknown';
  /** Milliseconds since a sound, and since a new picture. */
  readonly silentFor: number;
  readonly frozenFor: number;
}

const heavyLoss = 5;
const fairLoss = 1;
const fairRttMs = 300;

function lineOf({ lossPercent, rttMs, held }: LineFigures): PointFacts['line'] {
  if (held > 0) return 'audioOnly';
  if (lossPercent >= heavyLoss) return 'weak';
  return lossPercent >= fairLoss || (rttMs ?? 0) >= fairRttMs ? 'fair' : 'good';
}

/**
 * One point as the board's own connection sees it, and as the bridge measures it: loudness is newer in the first, all
 * else surer in the second. Either may be missing.
 */
export function joinFacts(seen: PointFacts | undefined, measured: LineFigures | undefined, at: number): PointFacts | null {
  if (!measured) return seen ?? null;
  const line = seen === undefined || seen.line === 'unknown' ? lineOf(measured) : seen.line;
  return {
    level: Math.max(seen?.level ?? 0, measured.level),
    mic: measured.mic,
    camera: measured.camera,
    width: measured.width ?? seen?.width ?? null,
    height: measured.height ?? seen?.height ?? null,
    kbps: measured.upKbps,
    downKbps: measured.downKbps,
    lossPercent: measured.lossPercent,
    rttMs: measured.rttMs,
    line,
    silentFor: Math.min(seen?.silentFor ?? Infinity, at - measured.heardAt),
    frozenFor: measured.movedAt === 0 ? 0 : at - measured.movedAt,
  };
}

/** Every point that the board sees or the bridge measures. */
export function allFacts(seen: ReadonlyMap<PointId, PointFacts>, measured: ReadonlyMap<PointId, LineFigures>, at: number): Map<PointId, PointFacts> {
  const points = new Set([...seen.keys(), ...measured.keys()]);
  return new Map([...points].flatMap((point) => {
    const facts = joinFacts(seen.get(point), measured.get(point), at);
    return facts ? [[point, facts] as const] : [];
  }));
}

export type Alarm = 'lost' | 'silent' | 'openMic' | 'clipping' | 'frozen' | 'overLoad' | 'loss' | 'failed' | 'untested';

/** Worst first. */
export const alarmOrder: readonly Alarm[] = ['lost', 'silent', 'openMic', 'clipping', 'frozen', 'overLoad', 'loss', 'failed', 'untested'];

export interface TechRow {
  readonly point: PointId;
  readonly name: string;
  readonly kind: string;
  readonly connected: boolean;
  readonly invited: boolean;
  readonly muted: boolean;
  readonly banned: boolean;
  readonly facts: PointFacts | null;
  /** Part of the line's budget in per cent; null when unknown. */
  readonly load: number | null;
  readonly alarms: readonly Alarm[];
}

export const silentAfterMs = 6_000;
export const frozenAfterMs = 3_000;
const clippingLevel = 0.98;
const fullLoad = 90;

export interface AlarmInput {
  readonly connected: boolean;
  /** It was here once: a point that never came is no alarm before the roll call. */
  readonly expected: boolean;
  /** How long it has had the floor; null without it. */
  readonly invitedFor: number | null;
  /** By its own right, or because somebody previews it: the bridge then opens it off the air. */
  readonly mayMic: boolean;
  readonly facts: PointFacts | null;
  readonly load: number | null;
  readonly failed: boolean;
  readonly untested: boolean;
}

export function alarmsOf({ connected, expected, invitedFor, mayMic, facts, load, failed, untested }: AlarmInput): Alarm[] {
  const found: Alarm[] = [];
  if (!connected && (expected || invitedFor !== null)) found.push('lost');
  if (connected && facts) {
    // It was silent all the while before it was called: that is no fault.
    if (invitedFor !== null && Math.min(facts.silentFor, invitedFor) >= silentAfterMs) found.push('silent');
    if (facts.mic && !mayMic) found.push('openMic');
    if (facts.mic && facts.level >= clippingLevel) found.push('clipping');
    if (facts.camera && facts.frozenFor >= frozenAfterMs) found.push('frozen');
    if (load !== null && load > fullLoad) found.push('overLoad');
    if ((facts.lossPercent ?? 0) >= heavyLoss) found.push('loss');
  }
  if (failed) found.push('failed');
  if (untested) found.push('untested');
  return found;
}

export function techRows(board: Board, facts: ReadonlyMap<PointId, PointFacts>, now: number): TechRow[] {
  const { live } = board;
  const muted = new Set(live.muted ?? []);
  const previewed = new Set(Object.values(board.previews));
  return rollOrder(board.plan).map(({ id, kind }) => {
    const presence = board.points[id];
    const own = facts.get(id) ?? null;
    const budget = board.plan.points.find((point) => point.id === id)?.line ?? 0;
    // A line carries as much each way: the fuller one counts.
    const rate = own?.kbps === null && own.downKbps === null ? null : Math.max(own?.kbps ?? 0, own?.downKbps ?? 0);
    const load = own === null || rate === null || budget === 0 ? null : Math.round((rate / budget) * 100);
    const invited = live.speech?.point === id;
    const connected = presence?.connected ?? false;
    return {
      point: id,
      name: pointName(board, id),
      kind,
      connected,
      invited,
      muted: muted.has(id),
      banned: board.banned.includes(id),
      facts: own,
      load,
      alarms: alarmsOf({
        connected,
        expected: (presence?.joined ?? '') !== '' && !presence?.left,
        invitedFor: invited ? now - (live.speech?.started ?? now) : null,
        mayMic: mayOpenMic(live, id) || previewed.has(id),
        facts: own,
        load,
        failed: board.failed.includes(id),
        untested: board.untested.includes(id),
      }),
    };
  });
}

function rank(row: TechRow): number {
  const worst = row.alarms[0];
  return worst === undefined ? alarmOrder.length : alarmOrder.indexOf(worst);
}

export interface TechFilter {
  readonly order: 'worst' | 'tree';
  readonly find: string;
  readonly onlyAlarms: boolean;
}

/** Letters without their marks: "xa tan du" finds "Xã Tân Dụ". */
export function plain(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').replaceAll(/[đĐ]/g, 'd').toLowerCase();
}

export function chooseRows(rows: readonly TechRow[], { order, find, onlyAlarms }: TechFilter): TechRow[] {
  const wanted = plain(find.trim());
  const chosen = rows.filter((row) => (!onlyAlarms || row.alarms.length > 0) && (wanted === '' || plain(`${row.name} ${row.point}`).includes(wanted)));
  // A stable sort: points of the same alarm keep the order of the tree, so that rows do not dance.
  return order === 'tree' ? chosen : chosen.sort((a, b) => rank(a) - rank(b) || b.alarms.length - a.alarms.length);
}
