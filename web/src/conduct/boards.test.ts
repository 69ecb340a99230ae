import { describe, expect, test } from 'vitest';
import { at } from './board';
import { lateness, orderRows } from './order';
import { movedPlace, nextInQueue, queueRows } from './queue';
import { moved, nextToCall, rollKey, rollRows, rollTotals } from './roll';
import { briefing } from './sample';
import { handBound, handFault, handRows, percent, quorumOf, tally } from './vote';

const { board, now } = briefing;

describe('the speech queue', () => {
  test('CON-03 shows point, person, topic and waiting time; deferred entries have no place', () => {
    const rows = queueRows(board, now);
    expect(rows[0]).toMatchObject({ name: 'Xã Thí Điểm', person: 'Ngô Văn Tạm Đặt', waitedMinutes: 10, place: 1, early: true });
    expect(rows.map((row) => row.place)).toEqual([1, 2, 0, 3]);
  });

  test('CON-04 calls the first that is due and connected', () => {
    const rows = queueRows(board, now);
    expect(nextInQueue(rows)?.point).toBe('LG-X3');
    expect(nextInQueue(rows.map((row) => ({ ...row, connected: row.point === 'LG-DK' })))?.point).toBe('LG-DK');
    expect(nextInQueue([])).toBeNull();
  });

  test('CON-03 moves a row by one and not past the ends', () => {
    const rows = queueRows(board, now);
    expect(movedPlace(rows, 'q2', -1)).toBe(0);
    expect(movedPlace(rows, 'q1', -1)).toBeNull();
    expect(movedPlace(rows, 'q4', 1)).toBeNull();
    expect(movedPlace(rows, 'gone', 1)).toBeNull();
  });
});

describe('the running order', () => {
  test('CON-14 has one item on, the next one named, and flags overrun', () => {
    const rows = orderRows(board, now);
    expect(rows.map((row) => row.state)).toEqual(['done', 'done', 'done', 'on', 'next', 'later', 'later']);
    expect(rows[3]).toMatchObject({ over: 0, clock: '13:40' });
    expect(rows[2]?.over).toBe(60_000);
    const later = at('2026-12-03T14:51:00+07:00');
    expect(orderRows(board, later)[3]?.over).toBe(10 * 60_000);
    expect(lateness(orderRows(board, later), later)).toBe(11);
  });
});

describe('the roll call', () => {
  test('CON-07 lists the main point first, then by the tree', () => {
    const rows = rollRows(board);
    expect(rows[0]?.point).toBe('LG-00');
    expect(rows.at(-1)?.point).toBe('LG-DK');
    expect(rollTotals(rows)).toEqual({ points: 11, present: 10, excused: 0, absent: 0, notCalled: 1, heads: 89, expected: 96 });
  });

  test('CON-07 forty points are done with one key each', () => {
    let rows = Array.from({ length: 40 }, (_, index) => ({ ...rollRows(board)[0]!, point: `P${index}`, status: 'chua-diem-danh' as const as string }));
    let cursor = 0;
    for (let key = 0; key < 40; key++) {
      const pressed = rollKey(' ');
      expect(pressed).toEqual({ kind: 'mark', status: 'co-mat' });
      rows = rows.map((row, index) => (index === cursor ? { ...row, status: 'co-mat' } : row));
      cursor = nextToCall(rows as never, cursor);
    }
    expect(rows.every((row) => row.status === 'co-mat')).toBe(true);
  });

  test('CON-07 the cursor skips points that were called and stays inside', () => {
    const rows = rollRows(board);
    const open = rows.findIndex((row) => row.status === 'chua-diem-danh');
    expect(nextToCall(rows, 0)).toBe(open);
    expect(moved(rows, 0, -1)).toBe(0);
    expect(moved(rows, rows.length - 1, 1)).toBe(rows.length - 1);
    expect(rollKey('q')).toBeNull();
  });
});

const entry = (point: string, yes: number) => ({ point, counts: { for: yes, against: 0, abstain: 3 - yes }, by: 'a', at: '' });

describe('votes', () => {
  const vote = { ...board.votes[0]!, phase: 'mo' as const };

  test('VOT-02 a count may not exceed the members present, and is whole', () => {
    expect([handBound({}, 3, true), handBound({}, 0, true), handBound({}, 0, false)]).toEqual([3, null, 0]);
    // A question with a list of its own: the room's plan does not know how many vote here.
    expect([handBound({ own: true }, 3, true), handBound({ own: true }, 0, true)]).toEqual([0, 0]);
    expect(handFault({ for: 3, against: 0, abstain: 0 }, 3)).toBeNull();
    expect(handFault({ for: 3, against: 1, abstain: 0 }, 3)).toBe('too-many');
    expect(handFault({ for: -1, against: 0, abstain: 0 }, 3)).toBe('negative');
    expect(handFault({ for: 1.5, against: 0, abstain: 0 }, 3)).toBe('negative');
  });

  test('VOT-02 a correction keeps both values and counts once', () => {
    const corrected = { ...vote, entries: [entry('LG-X1', 2), entry('LG-X1', 3)] };
    const row = handRows(board, corrected).find((each) => each.point === 'LG-X1');
    expect(row).toMatchObject({ members: 3, counts: { for: 3 }, earlier: [{ for: 2 }], confirmed: false });
    expect(tally(corrected)).toEqual({ for: 3, against: 0, abstain: 0 });
  });

  test('VOT-03 shows members, present and whether the quorum is met', () => {
    expect(quorumOf(board, board.votes[0]!)).toEqual({ eligible: 41, present: 38, needed: 28, met: true });
    const few = { ...board, roll: Object.fromEntries(Object.entries(board.roll).slice(0, 3)) };
    expect(quorumOf(few, board.votes[0]!).met).toBe(false);
  });

  test('VOT-01 shares are written with the comma of the language', () => {
    expect(percent(854, ',')).toBe('85,4 %');
    expect(percent(1000, '.')).toBe('100.0 %');
  });
});
