import { describe, expect, test } from 'vitest';
import type { Board } from './board';
import { awardRows, leaveRows, nextAward } from './ceremony';
import { briefing } from './sample';

const { board } = briefing;
const given: Board = {
  ...board,
  plan: {
    ...board.plan,
    awards: [
      { decision: '1', award: 'Bằng khen', to: 'Tập thể mẫu', group: true },
      { decision: '1', award: 'Bằng khen', to: 'Cá nhân mẫu', point: 'LG-X1' },
      { decision: '1', award: 'Bằng khen', to: 'Cá nhân vắng', point: 'LG-X4' },
    ],
  },
};

describe('the ceremony', () => {
  test('CON-16 goes through the list line by line and ends after the last', () => {
    expect(nextAward(given)).toBe(0);
    expect(nextAward({ ...given, award: 1 })).toBe(2);
    expect(nextAward({ ...given, award: 2 })).toBeNull();
    expect(nextAward(board)).toBeNull();
    expect(awardRows({ ...given, award: 1 }).map((row) => row.state)).toEqual(['given', 'on', 'waits']);
  });

  test('CON-16 says where an award is handed over, and when nobody is there', () => {
    expect(awardRows(given).map(({ place, there }) => [place, there])).toEqual([
      ['', true],
      ['Xã Tân Dụ', true],
      ['Xã Hà Ví', false],
    ]);
  });
});

test('CON-08 a point that asked to leave early waits until the chair agrees', () => {
  const asked = (left?: string): Board => ({ ...board, points: { ...board.points, 'LG-X2': { connected: true, asked: board.plan.start ?? '', why: 'Tiếp đoàn kiểm tra', ...(left ? { left } : {}) } } });
  expect(leaveRows(board)).toEqual([]);
  expect(leaveRows(asked())).toEqual([{ point: 'LG-X2', name: 'Xã Làng Mẫu', why: 'Tiếp đoàn kiểm tra' }]);
  expect(leaveRows(asked(board.plan.end))).toEqual([]);
});
