import { describe, expect, test } from 'vitest';
import { crowd, crowdFacts } from './crowd';
import { briefing } from './sample';
import { alarmsOf, allFacts, chooseRows, plain, techRows, type PointFacts } from './technician';

const calm: PointFacts = { level: 0.2, mic: false, camera: true, width: 1280, height: 720, kbps: 1_500, downKbps: 2_000, lossPercent: 0, rttMs: 20, line: 'good', silentFor: 0, frozenFor: 0 };
const input = { connected: true, expected: true, invitedFor: null, mayMic: false, facts: calm, load: 10, failed: false, untested: false };

describe('alarms', () => {
  test('CON-15 silence while invited, clipping, open microphone, frozen picture, overload, loss', () => {
    expect(alarmsOf(input)).toEqual([]);
    expect(alarmsOf({ ...input, invitedFor: 6_000, mayMic: true, facts: { ...calm, mic: true, silentFor: 6_000 } })).toEqual(['silent']);
    expect(alarmsOf({ ...input, invitedFor: 5_999, mayMic: true, facts: { ...calm, mic: true, silentFor: 3_600_000 } })).toEqual([]);
    expect(alarmsOf({ ...input, invitedFor: 60_000, mayMic: true, facts: { ...calm, mic: true, silentFor: 5_999 } })).toEqual([]);
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

describe('facts of a point', () => {
  const measured = { level: 0, mic: true, camera: true, width: 640, height: 360, upKbps: 900, downKbps: 1_200, lossPercent: 6, rttMs: 80, held: 0, standby: false, heardAt: 1_000, movedAt: 7_000 };

  test('CON-15 come from the board and from the bridge, or from one of them', () => {
    const seen = { ...calm, kbps: null, downKbps: null, lossPercent: null, rttMs: null, line: 'unknown' as const, silentFor: 500 };
    expect(allFacts(new Map([['a', seen]]), new Map([['a', measured]]), 9_000).get('a')).toEqual({ ...calm, mic: true, width: 640, height: 360, kbps: 900, downKbps: 1_200, lossPercent: 6, rttMs: 80, line: 'weak', silentFor: 500, frozenFor: 2_000 });
    expect(allFacts(new Map(), new Map([['b', { ...measured, held: 2 }]]), 9_000).get('b')).toMatchObject({ line: 'audioOnly', silentFor: 8_000, level: 0 });
    expect(allFacts(new Map([['c', seen]]), new Map(), 9_000).get('c')).toBe(seen);
  });
});

describe("the technician's list", () => {
  test('CON-15 has the worst first and keeps the order of the tree among equals', () => {
    const board = crowd(140);
    const rows = techRows(board, crowdFacts(board, 3), briefing.now);
    expect(rows.length).toBe(140);
    const worst = chooseRows(rows, { order: 'worst', find: '', onlyAlarms: false });
    expect(worst[0]?.alarms[0]).toBe('lost');
    const calmRows = worst.filter((row) => row.alarms.length === 0).map((row) => row.point);
    expect(calmRows).toEqual(rows.filter((row) => row.alarms.length === 0).map((row) => row.point));
    expect(chooseRows(rows, { order: 'tree', find: '', onlyAlarms: false })).toEqual(rows);
  });

  test('CON-15 knows who may have his microphone open: a previewed point, an award, and nobody in a break', () => {
    const { board, now } = briefing;
    const open = new Map(board.plan.points.map(({ id }) => [id, { ...calm, mic: true }]));
    const alarmed = (changed: typeof board) => techRows(changed, open, now).filter((row) => row.alarms.includes('openMic')).map((row) => row.point);
    const { speech: _speech, ...live } = board.live;
    const calmly = { ...board, live: { ...live, mode: 'hoi-nghi', phase: 'dang-hop', muted: [] } } as const;
    expect(alarmed(calmly)).toContain('LG-X1');
    expect(alarmed({ ...calmly, previews: { 'm-1': 'LG-X1' } })).not.toContain('LG-X1');
    const ceremony = { ...calmly.live, screen: { ...live.screen, music: true, tiles: ['LG-X1', 'LG-00'] } };
    expect(alarmed({ ...calmly, live: ceremony })).not.toContain('LG-X1');
    // In a discussion everybody may, but not while there is a break, and at no award but one's own.
    expect(alarmed({ ...calmly, live: { ...calmly.live, mode: 'thao-luan' } })).toEqual([]);
    expect(alarmed({ ...calmly, live: { ...calmly.live, mode: 'thao-luan', phase: 'giai-lao' } })).toContain('LG-X2');
    expect(alarmed({ ...calmly, live: { ...ceremony, mode: 'thao-luan' } })).toContain('LG-X2');
  });

  test('finds points without marks', () => {
    expect(plain('Đặc khu Đảo Ví Dụ')).toBe('dac khu dao vi du');
    const rows = techRows(briefing.board, new Map(), briefing.now);
    expect(chooseRows(rows, { order: 'tree', find: 'tan du', onlyAlarms: false }).map((row) => row.point)).toEqual(['LG-X1']);
    expect(chooseRows(rows, { order: 'tree', find: '', onlyAlarms: true }).map((row) => row.point)).toEqual(['LG-X4', 'LG-X5']);
  });
});
