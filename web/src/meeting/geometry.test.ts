import { describe, expect, it } from 'vitest';
import { contentRects, gridRects, rowLengths, showsWhole, speakerRects, tileShape, type Rect } from './geometry';

const screens: readonly Rect[] = [
  { x: 0, y: 0, width: 1350, height: 624 },
  { x: 0, y: 0, width: 1904, height: 936 },
  { x: 0, y: 0, width: 3824, height: 2016 },
  { x: 0, y: 0, width: 1000, height: 1000 },
  { x: 0, y: 0, width: 390, height: 640 },
  { x: 16, y: 52, width: 2400, height: 500 },
];
const counts = Array.from({ length: 49 }, (_, index) => index + 1);
const tolerance = 0.01;

function inside(rect: Rect, area: Rect): boolean {
  return (
    rect.x >= area.x - tolerance &&
    rect.y >= area.y - tolerance &&
    rect.x + rect.width <= area.x + area.width + tolerance &&
    rect.y + rect.height <= area.y + area.height + tolerance
  );
}

function apart(a: Rect, b: Rect): boolean {
  return (
    a.x + a.width <= b.x + tolerance ||
    b.x + b.width <= a.x + tolerance ||
    a.y + a.height <= b.y + tolerance ||
    b.y + b.height <= a.y + tolerance
  );
}

function expectSound(rects: readonly Rect[], area: Rect): void {
  for (const [index, rect] of rects.entries()) {
    expect(rect.width).toBeGreaterThan(0);
    expect(rect.height).toBeGreaterThan(0);
    expect(inside(rect, area)).toBe(true);
    for (const other of rects.slice(index + 1)) expect(apart(rect, other)).toBe(true);
  }
}

function rowsOf(rects: readonly Rect[]): Rect[][] {
  const rows = new Map<number, Rect[]>();
  for (const rect of rects) {
    const y = Math.round(rect.y);
    rows.set(y, [...(rows.get(y) ?? []), rect]);
  }
  return [...rows.values()];
}

describe.each(screens)('a grid on $width x $height', (area) => {
  it.each(counts)('CON-10 places %i tiles inside, apart and of one size', (count) => {
    const rects = gridRects(count, area);
    expect(rects).toHaveLength(count);
    expectSound(rects, area);
    const [first] = rects;
    for (const rect of rects) {
      expect(rect.width).toBeCloseTo(first?.width ?? 0);
      expect(rect.height).toBeCloseTo(first?.height ?? 0);
      expect(rect.width / rect.height).toBeLessThanOrEqual(tileShape.widest + tolerance);
      expect(rect.width / rect.height).toBeGreaterThanOrEqual(tileShape.narrowest - tolerance);
    }
  });

  it.each(counts)('CON-10 leaves no hole among %i tiles: every row is full or centred', (count) => {
    const rows = rowsOf(gridRects(count, area));
    const lengths = rows.map((row) => row.length);
    expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
    for (const row of rows) {
      const left = Math.min(...row.map((rect) => rect.x)) - area.x;
      const right = area.x + area.width - Math.max(...row.map((rect) => rect.x + rect.width));
      expect(left).toBeCloseTo(right, 1);
    }
  });

  it.each(counts)('uses a fair part of the screen for %i tiles', (count) => {
    const covered = gridRects(count, area).reduce((sum, rect) => sum + rect.width * rect.height, 0);
    // One camera on a very wide or upright screen cannot do better than its shape allows.
    expect(covered / (area.width * area.height)).toBeGreaterThan(count < 3 ? 0.3 : 0.5);
  });
});

describe.each(screens)('speaker and content on $width x $height', (area) => {
  it.each([0, 1, 2, 5, 6, 8])('keep the main tile the largest beside %i others', (others) => {
    const { main, rest } = speakerRects(others, area);
    expect(rest).toHaveLength(others);
    expectSound([main, ...rest], area);
    for (const rect of rest) expect(main.width * main.height).toBeGreaterThan(rect.width * rect.height * 2);
  });

  it.each([0, 1, 3, 6])('CON-11 show content and speaker together beside %i others', (others) => {
    const { content, speaker, rest } = contentRects(others, true, area);
    expect(speaker).not.toBeNull();
    if (!speaker) return;
    expectSound([content, speaker, ...rest], area);
    expect(content.width * content.height).toBeGreaterThan(area.width * area.height * 0.6);
  });

  it('give content the whole screen when there is nobody to show', () => {
    expect(contentRects(0, false, area).content).toEqual(area);
  });
});

describe('an area without size', () => {
  it('has no tiles, and no tile of no size', () => {
    expect(gridRects(4, { x: 0, y: 0, width: 0, height: 0 })).toEqual([]);
    expect(gridRects(0, { x: 0, y: 0, width: 100, height: 100 })).toEqual([]);
  });
});

describe('row lengths', () => {
  it('CON-10 are of one length for 4, 9 and 16 points in a hall, where that costs little', () => {
    for (const [count, rows] of [[4, 2], [9, 3], [16, 4]] as const) expect(rowsOf(gridRects(count, { x: 0, y: 0, width: 1904, height: 800 }))).toHaveLength(rows);
  });

  it('are even', () => {
    expect(rowLengths(7, 3)).toEqual([3, 2, 2]);
    expect(rowLengths(5, 2)).toEqual([3, 2]);
    expect(rowLengths(16, 4)).toEqual([4, 4, 4, 4]);
  });
});

it('CON-10 a camera of another shape fills its tile, one held upright is shown whole', () => {
  const tile = { width: 640, height: 360 };
  expect(showsWhole(tile, { width: 1280, height: 720 })).toBe(false);
  expect(showsWhole(tile, { width: 640, height: 480 })).toBe(false);
  expect(showsWhole(tile, { width: 360, height: 640 })).toBe(true);
  expect(showsWhole(tile, { width: 0, height: 0 })).toBe(false);
});

it('CON-10 beside content one other point stands right under the speaker and in his size', () => {
  const { speaker, rest } = contentRects(1, true, { x: 0, y: 0, width: 1366, height: 610 });
  expect(rest).toHaveLength(1);
  expect(rest[0]).toMatchObject({ x: speaker?.x, width: speaker?.width, height: speaker?.height });
  expect((rest[0]?.y ?? 0) - (speaker?.y ?? 0)).toBeCloseTo((speaker?.height ?? 0) + 8);
});
