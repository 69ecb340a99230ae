import { describe, expect, test } from 'vitest';
import { briefing } from './sample';
import { heirs, seatRows } from './seats';

const { board } = briefing;
const as = (seats: typeof board.you.seats) => ({ ...board, you: { ...board.you, seats } });

describe('the three rights', () => {
  test('CON-01 the chair hands over any, the secretary her own, a delegate none', () => {
    const hands = (seats: typeof board.you.seats) => seatRows(as(seats)).filter((row) => row.mayHand).map((row) => row.right);
    expect(hands(['chu-tri'])).toEqual(['chu-tri', 'thu-ky', 'ky-thuat-vien']);
    expect(hands(['thu-ky'])).toEqual(['thu-ky']);
    expect(hands([])).toEqual([]);
    expect(seatRows({ ...board, live: { ...board.live, phase: 'be-mac' } }).some((row) => row.mayHand || row.mayLetRun)).toBe(false);
  });

  test('CON-01 only the chair lets secretary and technician press the buttons of the floor', () => {
    expect(seatRows(as(['chu-tri'])).map((row) => [row.mayLetRun, row.runs])).toEqual([[false, false], [true, true], [true, false]]);
    expect(seatRows(as(['thu-ky'])).some((row) => row.mayLetRun)).toBe(false);
  });

  test('CON-01 whoever has an account can take a right, once, and not who holds it', () => {
    const deputy = { id: 'pho', name: 'Trần Thị Ví Dụ' };
    const found = heirs(board, 'chu-tri', [deputy, deputy, { name: 'No account' }, { id: board.seats['chu-tri']?.person.id ?? '', name: 'The chair' }]);
    expect(found.map((person) => person.id)).toEqual(['Vũ Thị Nháp', 'Đặng Văn Kiểm Thử', 'pho']);
  });
});
