import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { leadBy, steer } from './clock';
import type { Track } from './desk';
import type { IndexShelf } from './index-shelf';
import { lastIndex } from './last';
import { Pump } from './pump';
import type { Fragment } from './record';
import { beginAt, goesOn, holeBetween } from './run';

const fragment = (at: number, key = true): Fragment => ({ leg: 1, header: false, key, at, end: at + 1_000, offset: at + 1, length: 1_000, sum: new Uint8Array(32), block: 0 }) as Fragment;
const seconds = (from: number, to: number): Fragment[] => Array.from({ length: to - from }, (_, i) => fragment((from + i) * 1000));

describe('the track that leads the clock', () => {
  it('P9 leaves no error that neither the clock nor the track mends', () => {
    for (const rate of [0.5, 1, 1.5, 2]) {
      for (let error = -1_500; error <= 1_500; error += 10) {
        const jumps = steer(error, 0, rate).seek !== null;
        expect(jumps || error === 0 || leadBy(error, rate) !== 0, `${error} ms at ${rate}x`).toBe(true);
        expect(jumps && leadBy(error, rate) !== 0, `both at ${error} ms`).toBe(false);
      }
    }
  });
});

describe('where feeding goes on', () => {
  it('begins anew at the end of an island that was not fed last', () => {
    expect(goesOn({ from: 90_000, to: 104_000 }, 31_000, 36_000, null)).toBe(false);
    expect(goesOn({ from: 30_000, to: 36_000 }, 31_000, 36_000, null)).toBe(true);
    expect(goesOn({ from: 30_000, to: 36_000 }, 31_000, 60_000, null)).toBe(false);
    expect(goesOn({ from: 60_000, to: 64_000 }, 31_000, 64_000, { from: 30_000, to: 60_000 })).toBe(true);
    expect(goesOn(null, 0, 1_000, null)).toBe(false);
  });

  it('finds the end of a hole, or that there is none in sight', () => {
    const all = [...seconds(0, 10), ...seconds(610, 630)];
    expect(beginAt(all.slice(5), 8_500, 20_000)).toMatchObject({ hole: null });
    expect(beginAt(all.slice(8, 10), 300_000, 316_000)).toEqual({ fragments: [], hole: { from: 299_900, to: 316_000 } });
    const near = beginAt(all, 600_000, 616_000);
    expect([near.fragments[0]?.at, near.hole]).toEqual([610_000, { from: 599_900, to: 610_000 }]);
    expect(holeBetween(10_000, fragment(10_020), 20_000)).toBeNull();
    expect(holeBetween(10_000, undefined, 20_000)).toEqual({ from: 10_000, to: 20_000 });
  });
});

/** A source buffer in which each byte range of the file is a second of media: what a browser would show as buffered. */
class Buffer extends EventTarget {
  updating = false;
  readonly have = new Set<number>();
  appendBuffer(bytes: Uint8Array): void {
    for (const second of bytes) if (second < 255) this.have.add(second);
  }
  remove(from: number, to: number): void {
    for (const second of this.have) if (second >= from && second < to) this.have.delete(second);
  }
}

class Source extends EventTarget {
  static last: Source;
  static isTypeSupported = (): boolean => true;
  readyState = 'open';
  duration = 0;
  readonly buffer = new Buffer();
  constructor() {
    super();
    Source.last = this;
  }
  addSourceBuffer(): Buffer {
    return this.buffer;
  }
}

/** What the buffer has, in stretches without a hole. */
function ranges(): [number, number][] {
  const out: [number, number][] = [];
  for (const second of [...Source.last.buffer.have].sort((a, b) => a - b)) {
    const last = out.at(-1);
    if (last?.[1] === second) last[1] = second + 1;
    else out.push([second, second + 1]);
  }
  return out;
}

/** A media element that arrives at once. */
function element(): HTMLMediaElement {
  const media = {
    currentTime: 0, seeking: false, readyState: 4, paused: true, playbackRate: 1,
    get buffered() {
      const all = ranges();
      return { length: all.length, start: (i: number) => all[i]?.[0] ?? NaN, end: (i: number) => all[i]?.[1] ?? NaN };
    },
    play: async () => Promise.resolve((media.paused = false)),
    pause: () => (media.paused = true),
    error: null,
    removeAttribute: () => undefined,
    load: () => undefined,
  };
  const events = new EventTarget();
  return Object.assign(media, {
    addEventListener: events.addEventListener.bind(events),
    removeEventListener: events.removeEventListener.bind(events),
    dispatchEvent: events.dispatchEvent.bind(events),
  }) as unknown as HTMLMediaElement;
}

/** A pump over fragments of a second; source may fail. */
function pumped(fragments: readonly Fragment[], end: number, source: (from: number) => Promise<void> = async () => Promise.resolve()) {
  const asked: number[] = [];
  const shelf = {
    comparable: false,
    proven: async () => Promise.resolve(),
    say: () => undefined,
    header: async () => Promise.resolve({ ...fragment(0), header: true, offset: 0, length: 1 }),
    within: async (_: number, from: number, to: number) => Promise.resolve(fragments.filter((each) => each.at < to && each.end > from)),
    starting: async (_: number, at: number, to: number) => {
      const all = fragments.filter((each) => each.at < to && each.end > at - 120_000);
      const begin = lastIndex(all, (each) => each.key && each.at <= at);
      return Promise.resolve(all.slice(Math.max(begin, 0)));
    },
  } as unknown as IndexShelf;
  const track = { leg: 1, screen: false, codec: 'VP8', type: 'video/webm', from: 0, to: end, bytes: 0 } as Track;
  const pump = new Pump(track, element(), shelf, async (_leg, from, to) => {
    await source(from);
    if (from === 0) return Uint8Array.of(255);
    asked.push(from - 1);
    return Uint8Array.from(fragments.filter((each) => each.offset >= from && each.offset < to).map((each) => each.at / 1000));
  }, end, 0);
  Source.last.dispatchEvent(new Event('sourceopen'));
  const stand = async (time: number, steps = 12) => {
    for (let i = 0; i < steps; i++) {
      pump.follow(time, 1, false);
      await vi.advanceTimersByTimeAsync(50);
    }
  };
  return { pump, asked, stand };
}

/** As a browser tells of a picture that it cannot decode. */
const breakAt = (pump: Pump, second: number) => {
  Object.assign(pump.element, { error: { code: 3 }, currentTime: second });
  pump.element.dispatchEvent(new Event('error'));
  Object.assign(pump.element, { error: null, currentTime: 0 });
  Source.last.dispatchEvent(new Event('sourceopen'));
};

describe('a pump', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('MediaSource', Source);
    vi.stubGlobal('URL', { createObjectURL: () => 'blob:', revokeObjectURL: () => undefined });
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it('P9 goes on at the end of what an earlier jump left, whatever was played since', async () => {
    const { pump, stand } = pumped(seconds(0, 250), 250_000);
    await stand(30_000, 2); // little of it
    pump.jumped();
    await stand(50_000);
    pump.jumped();
    const end = 1000 * (Math.max(...[...Source.last.buffer.have].filter((second) => second < 45)) + 1);
    expect(end).toBeGreaterThan(30_000);
    await stand(end - 200);
    expect(pump.ready(end - 200)).toBe(true);
    expect(pump.silent(end - 200)).toBe(false);
    expect(Source.last.buffer.have.has(end / 1000 + 5)).toBe(true);
    pump.close();
  });

  it('ARC-04 passes a hole without asking over and over, and shows the picture where it ends', async () => {
    const { pump, asked, stand } = pumped([...seconds(0, 10), ...seconds(200, 220)], 220_000);
    await stand(30_000, 40);
    expect([pump.silent(30_000), pump.ready(30_000), asked.length]).toEqual([true, true, 0]);
    await stand(195_000, 40);
    expect([pump.silent(195_000), pump.ready(195_000), asked.length <= 4]).toEqual([true, true, true]);
    await stand(201_000, 4);
    expect([pump.silent(201_000), pump.ready(201_000)]).toEqual([false, true]);
    pump.close();
  });

  it('is not held up by what is on its way for where the clock was', async () => {
    const never = new Promise<void>(() => undefined);
    const { pump, stand } = pumped(seconds(0, 250), 250_000, async (from) => (from > 1 && from < 100_000 ? never : Promise.resolve()));
    await stand(30_000);
    expect(pump.ready(30_000)).toBe(false);
    pump.jumped();
    await stand(200_500);
    expect(pump.ready(200_500)).toBe(true);
    pump.close();
  });

  it('begins later when the bridge does not answer at first', async () => {
    let times = 0;
    const { pump, stand } = pumped(seconds(0, 60), 60_000, async (from) => (from === 0 && times++ < 2 ? Promise.reject(new Error('away')) : Promise.resolve()));
    await stand(5_500, 4);
    expect(pump.trouble).toBe('load');
    await stand(5_500, 80);
    expect([pump.trouble, pump.ready(5_500), pump.silent(5_500)]).toEqual([null, true, false]);
    pump.close();
  });

  it('ARC-02 begins anew behind what cannot be decoded, from a picture that stands alone', async () => {
    const all = seconds(0, 60).map((each) => (each.at === 34_000 ? { ...each, key: false } : each));
    const { pump, asked, stand } = pumped(all, 60_000);
    await stand(30_000);
    const before = Source.last;
    breakAt(pump, 33.2);
    expect(Source.last).not.toBe(before);
    await stand(31_000);
    expect([...Source.last.buffer.have].filter((second) => second > 29 && second < 38)).toEqual([31, 32, 35, 36, 37]);
    await stand(33_400, 40);
    expect([pump.ready(33_400), pump.silent(33_400), pump.why(33_400), pump.why(36_000)]).toEqual([true, true, 'media', null]);
    expect(asked.length).toBeLessThan(16);
    pump.close();
  });

  it('gives a track up that cannot be decoded at all, and holds nobody up', async () => {
    const { pump, stand } = pumped(seconds(0, 60), 60_000);
    for (let n = 0; n < 20; n++) {
      await stand(30_000, 4);
      breakAt(pump, 30);
    }
    expect([pump.trouble, pump.ready(30_000)]).toEqual(['codec', true]);
    pump.close();
  });

  it('P9 gives no track up for errors that lie far apart', async () => {
    const { pump, stand } = pumped(seconds(0, 250), 250_000);
    for (let n = 0; n < 20; n++) {
      breakAt(pump, 10 * n);
      await stand(10 * n * 1_000, 4);
      await vi.advanceTimersByTimeAsync(20_000);
    }
    expect(pump.trouble).toBeNull();
    pump.close();
  });
});
