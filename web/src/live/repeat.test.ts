import { expect, test } from 'vitest';
import type { Deed } from '../conduct/deed';
import { Repeats } from './repeat';

const mark = (text: string): Deed => ({ do: 'chapter', with: { text } });

test('MIN-01 what is sent again after an answer that was lost is the same act, and for a minute only', () => {
  let now = 0;
  const repeats = new Repeats(() => now);
  const first = repeats.key(mark('Khai mạc'));
  repeats.answered(mark('Khai mạc'), first, true);
  now = 59_000;
  expect(repeats.key(mark('Khai mạc'))).toBe(first);
  expect(repeats.key(mark('Giải lao'))).not.toBe(first);
  now = 60_000;
  expect(repeats.key(mark('Khai mạc'))).not.toBe(first);
});

test('what was answered is over: the same pressed once more is done once more', () => {
  const repeats = new Repeats(() => 0);
  const first = repeats.key(mark('Mốc'));
  repeats.answered(mark('Mốc'), first, true);
  repeats.answered(mark('Mốc'), first, false);
  expect(repeats.key(mark('Mốc'))).not.toBe(first);
});
