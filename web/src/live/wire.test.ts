import { expect, test } from 'vitest';
import { boardOf } from './wire';

test('MIN-01 when the minutes were read back is kept; what an older bridge does not send is filled in', () => {
  const board = boardOf({ plan: {}, live: {}, notes: { readBack: '2026-12-03T09:00:00Z' } });
  expect(board.notes).toEqual({ tasks: [], items: {}, incidents: [], remark: '', readBack: '2026-12-03T09:00:00Z' });
  expect([board.previews, board.you.seats]).toEqual([{}, []]);
  expect(boardOf({ plan: {}, live: {} }).notes.readBack).toBeUndefined();
});
