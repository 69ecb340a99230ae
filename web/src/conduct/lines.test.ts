import { describe, expect, test } from 'vitest';
import { LineBook, type LineReading, type Reading, type TrackReading } from './lines';

const camera: TrackReading = {
  id: 'TR_V',
  source: 'camera',
  muted: false,
  wanted: true,
  level: 0,
  packets: 1_000,
  bytes: 1_000_000,
  lost: 10,
  layers: [
    { width: 320, height: 180, bps: 100_000, live: true },
    { width: 1_280, height: 720, bps: 1_500_000, live: true },
    { width: 1_920, height: 1_080, bps: 0, live: false },
  ],
};
const mic: TrackReading = { ...camera, id: 'TR_A', source: 'microphone', level: 0.3, packets: 100, bytes: 10_000, lost: 0, layers: [] };
const line: LineReading = { point: 'LG-X1', session: 'PA_1', connected: true, rttMs: 24.4, down: { bps: 2_000_000, loss: 0.012, held: 0 }, tracks: [camera, mic] };

function after(seconds: number, items: LineReading[]): Reading {
  return { at: new Date(1_800_000_000_000 + seconds * 1_000).toISOString(), items };
}

describe('figures of a line', () => {
  test('CON-15 rates and losses are what happened between two readings', () => {
    const book = new LineBook();
    expect(book.take(after(0, [line])).get('LG-X1')).toMatchObject({ upKbps: null, downKbps: 2_000, lossPercent: 1.2, rttMs: 24, width: 1_280, height: 720, mic: true, camera: true, level: 0.3 });
    const later = { ...line, tracks: [{ ...camera, packets: 1_090, bytes: 1_400_000, lost: 20 }, { ...mic, packets: 200, bytes: 20_000 }] };
    // 410 kB in two seconds; ten of two hundred packets lost.
    expect(book.take(after(2, [later])).get('LG-X1')).toMatchObject({ upKbps: 1_640, lossPercent: 5 });
  });

  test('CON-15 a picture that is wanted and does not move stands still; one that nobody wants does not', () => {
    const book = new LineBook();
    const moved = (seconds: number, track: TrackReading) => {
      const reading = after(seconds, [{ ...line, tracks: [track] }]);
      return Date.parse(reading.at) - (book.take(reading).get('LG-X1')?.movedAt ?? 0);
    };
    expect(moved(0, camera)).toBe(0);
    expect(moved(2, camera)).toBe(2_000);
    expect(moved(4, camera)).toBe(4_000);
    expect(moved(6, { ...camera, wanted: false })).toBe(0);
    expect(moved(8, { ...camera, muted: true })).toBe(0);
    expect(moved(10, { ...camera, packets: 1_001 })).toBe(0);
  });

  test('CON-15 silence is counted from the last sound, and a standby device belongs to its point', () => {
    const book = new LineBook();
    book.take(after(0, [line]));
    const quiet = { ...line, tracks: [{ ...mic, level: 0 }] };
    const figures = book.take(after(8, [quiet, { ...quiet, session: 'PA_2', standby: true, tracks: null }])).get('LG-X1');
    expect(figures?.standby).toBe(true);
    expect(Date.parse(after(8, []).at) - (figures?.heardAt ?? 0)).toBe(8_000);
  });

  test('a track that begins anew is not counted backwards', () => {
    const book = new LineBook();
    book.take(after(0, [line]));
    expect(book.take(after(2, [{ ...line, tracks: [{ ...camera, packets: 3, bytes: 300, lost: 0 }] }])).get('LG-X1')?.upKbps).toBeNull();
    expect(book.take(after(4, [])).size).toBe(0);
  });
});
