import type { Board, PlanPoint } from './board';
import type { Reading } from './lines';
import { briefing } from './sample';
import type { PointFacts } from './technician';

/** A meeting of many points with figures that move: for the gallery and for measuring the technician's board. */
export function crowd(count: number): Board {
  const base = briefing.board;
  const more: PlanPoint[] = Array.from({ length: Math.max(0, count - base.plan.points.length) }, (_, index) => ({
    id: `XA-${String(index + 1).padStart(3, '0')}`,
    name: `Xã Mẫu ${index + 1}`,
    kind: 'xa',
    expected: 20,
    line: 10_000,
  }));
  const points = [...base.plan.points, ...more];
  return {
    ...base,
    plan: { ...base.plan, points },
    points: Object.fromEntries(points.map(({ id }, index) => [id, { connected: index % 37 !== 8, joined: '2026-12-03T13:10:00+07:00' }])),
    live: { ...base.live, roll: { points: count, present: count - 4, expected: count * 20, heads: count * 19 } },
  };
}

function wave(seed: number, tick: number): number {
  return (Math.sin(seed * 12.9 + tick * 0.31) + 1) / 2;
}

export function crowdFacts(board: Board, tick: number): Map<string, PointFacts> {
  return new Map(
    board.plan.points.map(({ id }, index) => {
      const speaking = board.live.speech?.point === id || id === board.live.main;
      const level = speaking || index === 17 ? wave(index, tick) : 0;
      const odd = index % 29 === 20;
      return [
        id,
        {
          level: index === 23 ? 1 : level,
          mic: speaking || index === 17 || index === 23,
          camera: index % 11 !== 5,
          width: odd ? 640 : 1_280,
          height: odd ? 360 : 720,
          kbps: Math.round((odd ? 400 : 1_500) + wave(index, tick) * (index === 41 ? 9_000 : 500)),
          downKbps: Math.round(2_000 + wave(index + 3, tick) * 400),
          lossPercent: Math.round(wave(index, tick / 4) * (odd ? 90 : 12)) / 10,
          rttMs: Math.round(12 + wave(index, tick) * (odd ? 220 : 30)),
          line: odd ? 'weak' : index % 13 === 4 ? 'fair' : 'good',
          silentFor: speaking ? 0 : 60_000,
          frozenFor: index === 33 ? 8_000 : 0,
        },
      ] as const;
    }),
  );
}

/** The same as the bridge would answer it: counters that grow from one reading to the next, two seconds apart. */
export function crowdReading(board: Board, step: number): Reading {
  const items = [...crowdFacts(board, step)].map(([point, facts], index) => {
    const sent = (kbps: number) => Math.round((kbps * 1_000 * 2 * (step + 1)) / 8);
    const frozen = facts.frozenFor > 0;
    return {
      point,
      session: `PA_${point}`,
      connected: board.points[point]?.connected ?? false,
      rttMs: facts.rttMs ?? 0,
      down: { bps: (facts.downKbps ?? 0) * 1_000, loss: (facts.lossPercent ?? 0) / 100, held: 0 },
      tracks: [
        { id: `A${index}`, source: 'microphone', muted: !facts.mic, wanted: true, level: facts.level, packets: 100 * (step + 1), bytes: sent(40), lost: 0, layers: [] },
        { id: `V${index}`, source: 'camera', muted: !facts.camera, wanted: true, level: 0, packets: frozen ? 7 : 300 * (step + 1), bytes: frozen ? 700 : sent(facts.kbps ?? 0), lost: 0, layers: [{ width: facts.width ?? 0, height: facts.height ?? 0, bps: (facts.kbps ?? 0) * 1_000, live: true }] },
      ],
    } as const;
  });
  return { at: new Date(briefing.now + step * 2_000).toISOString(), items };
}
