import { expect, test } from 'vitest';
import { lockAfterMs, tellEveryMs } from './use-board-lock';

test('SEC-05 a board locks when the bridge’s own setting says, and never later than after 15 minutes', () => {
  expect(lockAfterMs({ lockAfter: 300 })).toBe(300_000);
  expect(lockAfterMs({ lockAfter: 1_800 })).toBe(900_000);
  for (const unknown of [null, undefined, {}, { lockAfter: 0 }]) expect(lockAfterMs(unknown)).toBe(900_000);
  expect([tellEveryMs(900_000), tellEveryMs(60_000)]).toEqual([60_000, 20_000]);
});
