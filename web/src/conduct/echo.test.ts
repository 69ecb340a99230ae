import { describe, expect, test } from 'vitest';
import { EchoWatch, earEveryMs, type Ear } from './echo';

/** Speech as a meter sees it: words of a quarter of a second with gaps, never twice the same. */
function talk(seed: number, moments: number): number[] {
  let state = seed;
  const random = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
  const levels: number[] = [];
  while (levels.length < moments) {
    const word = 2 + Math.floor(random() * 6);
    const loud = 0.05 + random() * 0.25;
    for (let each = 0; each < word; each++) levels.push(loud * (0.4 + random() * 0.6));
    for (let gap = Math.floor(random() * 7); gap > 0; gap--) levels.push(0.001);
  }
  return levels.slice(0, moments);
}

const seconds = (count: number) => (count * 1_000) / earEveryMs;
const moments = seconds(30);
const noise = (index: number) => 0.0008 + 0.0004 * Math.sin(index * 1.7);

/** After how many seconds an echo is told; null for never. */
function toldAfter(ears: readonly Ear[], watch = new EchoWatch()): number | null {
  const found = ears.findIndex((ear) => watch.hear(ear));
  return found < 0 ? null : (found * earEveryMs) / 1_000;
}

describe('the watch for echo', () => {
  const far = talk(7, moments);
  const room = talk(99, moments);
  const back = (index: number, lag: number, gain: number) => (far[index - lag] ?? 0) * gain;

  test.each([
    [0, 0.5],
    [3, 0.1],
    [9, 0.06],
    [15, 0.3],
  ])('hears the loudspeaker in the microphone, %i moments late and at %f of its loudness', (lag, gain) => {
    const after = toldAfter(far.map((heard, index) => ({ heard, sent: back(index, lag, gain) + noise(index) })));
    expect(after).not.toBeNull();
    expect(after).toBeLessThan(12);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('says nothing while the room speaks and others are heard, whoever they are (%i)', (seed) => {
    const own = talk(seed * 31, moments);
    expect(toldAfter(talk(seed, moments).map((heard, index) => ({ heard, sent: (own[index] ?? 0) + noise(index) })))).toBeNull();
  });

  test('says nothing in a room that listens behind a good echo canceller, nor while nobody else speaks', () => {
    expect(toldAfter(far.map((heard, index) => ({ heard, sent: noise(index) })))).toBeNull();
    expect(toldAfter(room.map((sent) => ({ heard: 0.0005, sent })))).toBeNull();
  });

  test('is calm again some seconds after the loudspeaker was turned down', () => {
    const watch = new EchoWatch();
    const loud = far.map((heard, index) => ({ heard, sent: back(index, 4, 0.3) + noise(index) }));
    expect(toldAfter(loud, watch)).not.toBeNull();
    const later = talk(17, seconds(20)).map((heard, index) => watch.hear({ heard, sent: noise(index) }));
    expect(later.at(-1)).toBe(false);
  });
});
