import { expect, test } from 'vitest';
import { isOld } from './use-plan';

test('SCH-09 a plan is read anew when the meeting follows a newer announcement, and only then', () => {
  expect([isOld(2, 3), isOld(3, 3), isOld(4, 3), isOld(1, 0), isOld(undefined, 3)]).toEqual([true, false, false, false, false]);
});
