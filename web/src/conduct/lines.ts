import type { PointId } from './state';

/** What the bridge measures of every point's line (GET .../lines): counters that only grow, made into figures per second. */

export interface LayerReading {
  readonly width: number;
  readonly height: number;
  readonly bps: number;
  readonly live: boolean;
}

export interface TrackReading {
  readonly id: string;
  readonly source: 'camera' | 'microphone' | 'screen' | 'screen-sound' | 'other';
  readonly muted: boolean;
  /** Somebody receives it: only then does a picture that stands still mean anything. */
  readonly wanted: boolean;
  readonly level: number;
  readonly packets: number;
  readonly bytes: number;
  readonly lost: number;
  readonly layers: readonly LayerReading[] | null;
}

export interface LineReading {
  readonly point: PointId;
  readonly session: string;
  readonly standby?: boolean;
  readonly connected: boolean;
  /** 0 while unknown. */
  readonly rttMs: number;
  readonly down: { readonly bps: number; readonly loss: number; readonly held: number };
  readonly tracks: readonly TrackReading[] | null;
}

export interface Reading {
  /** RFC 3339, by the bridge's clock. */
  readonly at: string;
  readonly items: readonly LineReading[] | null;
}

export interface LineFigures {
  readonly level: number;
  readonly mic: boolean;
  readonly camera: boolean;
  readonly width: number | null;
  readonly height: number | null;
  /** What the point sends and what it is sent; null until there were two readings. */
  readonly upKbps: number | null;
  readonly downKbps: number;
  /** Per cent of the way that loses more. */
  readonly lossPercent: number;
  readonly rttMs: number | null;
  /** Pictures that wait because the line to the point is too thin. */
  readonly held: number;
  /** A second device of the point is there, too. */
  readonly standby: boolean;
  /** When it was last heard, and when its wanted picture last moved, by the bridge's clock. */
  readonly heardAt: number;
  readonly movedAt: number;
}

interface Count {
  readonly at: number;
  readonly packets: number;
  readonly bytes: number;
  readonly lost: number;
  readonly movedAt: number;
}

/** Sound and headers of one voice are small; below this a point is as good as silent. */
const audible = 0.01;

/** Keeps the last reading of each track and tells what happened since. */
export class LineBook {
  private counts = new Map<string, Count>();
  private heard = new Map<PointId, number>();

  take(reading: Reading): Map<PointId, LineFigures> {
    const at = Date.parse(reading.at);
    const counts = new Map<string, Count>();
    const heard = new Map<PointId, number>();
    const figures = new Map<PointId, LineFigures>();
    for (const [point, lines] of byPoint(reading.items ?? [])) {
      const tracks = lines.flatMap((line) => line.tracks ?? []);
      const level = Math.max(0, ...tracks.filter(isVoice).map((track) => track.level));
      const heardAt = level > audible ? at : (this.heard.get(point) ?? at);
      heard.set(point, heardAt);
      for (const track of tracks) counts.set(track.id, this.countOf(track, at));
      figures.set(point, { ...this.figuresOf(lines, tracks, counts), level, heardAt });
    }
    this.counts = counts;
    this.heard = heard;
    return figures;
  }

  private countOf({ id, packets, bytes, lost, wanted, muted }: TrackReading, at: number): Count {
    const before = this.counts.get(id);
    const still = before !== undefined && wanted && !muted && before.packets === packets;
    return { at, packets, bytes, lost, movedAt: still ? before.movedAt : at };
  }

  private figuresOf(lines: readonly LineReading[], tracks: readonly TrackReading[], counts: ReadonlyMap<string, Count>): Omit<LineFigures, 'level' | 'heardAt'> {
    const camera = tracks.find((track) => track.source === 'camera');
    const picture = camera?.layers?.reduce<LayerReading | undefined>((best, layer) => (layer.live && layer.width > 0 ? layer : best), undefined);
    const spans = tracks.flatMap((track) => {
      const now = counts.get(track.id);
      const before = this.counts.get(track.id);
      return now && before && now.at > before.at && now.packets >= before.packets ? [{ now, before }] : [];
    });
    const sum = (of: (count: Count) => number) => spans.reduce((total, { now, before }) => total + Math.max(0, of(now) - of(before)), 0);
    const seconds = spans[0] ? (spans[0].now.at - spans[0].before.at) / 1_000 : 0;
    const lost = sum((count) => count.lost);
    const upLoss = lost === 0 ? 0 : lost / (lost + sum((count) => count.packets));
    const loss = Math.max(upLoss, ...lines.map((line) => line.down.loss));
    const rtt = Math.max(0, ...lines.map((line) => line.rttMs));
    return {
      mic: tracks.some((track) => isVoice(track) && !track.muted),
      camera: camera !== undefined && !camera.muted,
      width: picture?.width ?? null,
      height: picture?.height ?? null,
      upKbps: seconds > 0 ? Math.round((sum((count) => count.bytes) * 8) / seconds / 1_000) : tracks.length === 0 ? 0 : null,
      downKbps: Math.round(lines.reduce((total, line) => total + line.down.bps, 0) / 1_000),
      lossPercent: Math.round(loss * 1_000) / 10,
      rttMs: rtt === 0 ? null : Math.round(rtt),
      held: lines.reduce((total, line) => total + line.down.held, 0),
      standby: lines.length > 1,
      movedAt: (camera && counts.get(camera.id)?.movedAt) ?? 0,
    };
  }
}

function isVoice(track: TrackReading): boolean {
  return track.source === 'microphone';
}

function byPoint(lines: readonly LineReading[]): Map<PointId, LineReading[]> {
  const points = new Map<PointId, LineReading[]>();
  for (const line of lines) {
    const known = points.get(line.point);
    if (known) known.push(line);
    else points.set(line.point, [line]);
  }
  return points;
}
