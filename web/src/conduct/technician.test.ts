import { describe, expect, test } from 'vitest';
import { crowd, crowdFacts } from './crowd';
import { briefing } from './sample';
import { alarmsOf, chooseRows, plain, techRows, type PointFacts } from './technician';

const calm: PointFacts = { level: 0.2, mic: false, camera: true, width: 1280, height: 720, kbps: 1_500, lossPercent: 0, rttMs: 20, line: 'good', silentFor: 0, frozenFor: 0 };
const input = { connected: true, expected: true, invited: false, mayMic: false, facts: calm, load: 10, failed: false, untested: false };

describe('alarms', () => {
  test('CON-15 silence while invited, clipping, open microphone, frozen picture, overload, loss', () => {
    expect(alarmsOf(input)).toEqual([]);
    expect(alarmsOf({ ...input, invited: true, mayMic: true, facts: { ...calm, mic: true, silentFor: 6_000 } })).toEqual(['silent']);
    expect(alarmsOf({ ...input, facts: { ...calm, mic: true, level: 1 } })).toEqual(['openMic', 'clipping']);
    expect(alarmsOf({ ...input, facts: { ...calm, frozenFor: 3_000 } })).toEqual(['frozen']);
    expect(alarmsOf({ ...input, facts: { ...calm, camera: false, frozenFor: 9_000 } })).toEqual([]);
    expect(alarmsOf({ ...input, load: 95, facts: { ...calm, lossPercent: 6 } })).toEqual(['overLoad', 'loss']);
  });

  test('CON-15 a point that was here and is gone, SCH-06 untested and failed points', () => {
    expect(alarmsOf({ ...input, connected: false })).toEqual(['lost']);
    expect(alarmsOf({ ...input, connected: false, expected: false })).toEqual([]);
    expect(alarmsOf({ ...input, failed: true, untested: true })).toEqual(['failed', 'untested']);
  });
});

describe("the technician's list", () => {
  test('CON-15 has the worst first and keeps the order of the tree among equals', () => {
    const board = crowd(140);
    const rows = techRows(board, crowdFacts(board, 3));
    expect(rows.length).toBe(140);
    const worst = chooseRows(rows, { order: 'worst', find: '', onlyAlarms: false });
    expect(worst[0]?.alarms[0]).toBe('lost');
    const calmRows = worst.filter((row) => row.alarms.length === 0).map((row) => row.point);
    expect(calmRows).toEqual(rows.filter((row) => row.alarms.length === 0).map((row) => row.point));
    expect(chooseRows(rows, { order: 'tree', find: '', onlyAlarms: false })).toEqual(rows);
  });

  test('finds points without marks', () => {
    expect(plain('Đặc khu Đảo Ví Dụ')).toBe('dac khu dao vi du');
    const rows = techRows(briefing.board, new Map());
    expect(chooseRows(rows, { order: 'tree', find: 'tan du', onlyAlarms: false }).map((row) => row.point)).toEqual(['LG-X1']);
    expect(chooseRows(rows, { order: 'tree', find: '', onlyAlarms: true }).map((row) => row.point)).toEqual(['LG-X4', 'LG-X5']);
  });
});
