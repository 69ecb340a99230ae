import { describe, expect, test } from 'vitest';
import { handWord, isCalled, mayOpenMic, roomView, takesMicBack } from './room-view';
import { briefing } from './sample';
import { readState, type LiveState } from './state';

const view = (state: LiveState, own: string, micOn = false) =>
  roomView({ state, own, micOn, now: briefing.now, nameOf: (point) => briefing.names[point] ?? point });

describe("a point's screen", () => {
  test('CON-02 says MICRO ĐANG TẮT until the point is invited, ĐANG PHÁT BIỂU then', () => {
    expect(view(briefing.live, 'LG-X2').mic).toBe('off');
    const invited = { ...briefing.live, speech: { number: 2, point: 'LG-X2', started: briefing.now } };
    expect(view(invited, 'LG-X2').mic).toBe('ready');
    expect(view(invited, 'LG-X2', true).mic).toBe('speaking');
    expect(view(invited, 'LG-X1', true).mic).toBe('off');
  });

  test('CON-09 lets every microphone open in Thảo luận, none in a break, none that is muted', () => {
    const talk: LiveState = { ...briefing.live, mode: 'thao-luan' };
    expect(mayOpenMic(talk, 'LG-X2')).toBe(true);
    expect(view(talk, 'LG-X2', true).mic).toBe('open');
    expect(mayOpenMic({ ...talk, muted: ['LG-X2'] }, 'LG-X2')).toBe(false);
    expect(view({ ...talk, muted: ['LG-X2'] }, 'LG-X2', true).mic).toBe('muted');
    expect(mayOpenMic({ ...talk, phase: 'giai-lao' }, 'LG-X2')).toBe(false);
    expect(mayOpenMic({ ...talk, phase: 'giai-lao' }, talk.main)).toBe(true);
    expect(mayOpenMic({ ...talk, phase: 'be-mac' }, talk.main)).toBe(false);
    expect(mayOpenMic({ ...talk, screen: { ...talk.screen, music: true } }, 'LG-X2')).toBe(false);
  });

  test('CON-16 opens in a ceremony the microphone where an award is handed over, and no other', () => {
    const scene: LiveState = { ...briefing.live, mode: 'thao-luan', screen: { layout: 'chinh-phat-bieu', tiles: ['LG-X1', 'LG-00'], music: true } };
    const { speech: _speech, ...given } = scene;
    expect([mayOpenMic(given, 'LG-X1'), isCalled(given, 'LG-X1')]).toEqual([true, true]);
    expect([mayOpenMic(given, 'LG-X2'), isCalled(given, 'LG-X2')]).toEqual([false, false]);
    // At the main point nobody is called: its microphone is free.
    expect([mayOpenMic(given, 'LG-00'), isCalled(given, 'LG-00')]).toEqual([true, false]);
  });

  test('VOT-02 takes a result off the screen when it was read out, and an open vote never', () => {
    const vote = { motion: 'bq-1', title: 'Quy chế', form: 'gio-tay', phase: 'dong', eligible: 41, present: 38, cast: 38 } as const;
    const shown = (secondsAgo: number, phase: 'dong' | 'mo') =>
      view({ ...briefing.live, vote: { ...vote, phase, ended: briefing.now - secondsAgo * 1_000 } }, 'LG-X2').vote !== null;
    expect([shown(5, 'dong'), shown(80, 'dong'), shown(120, 'dong'), shown(120, 'mo')]).toEqual([true, true, false, true]);
  });

  test('CON-03 shows its place in the queue, deferred entries left out', () => {
    expect(handWord(briefing.live, 'LG-P2')).toMatchObject({ kind: 'waiting', place: 2 });
    expect(handWord(briefing.live, 'LG-S2')).toMatchObject({ kind: 'deferred' });
    expect(handWord(briefing.live, 'LG-X2')).toEqual({ kind: 'may' });
    expect(handWord(briefing.live, 'LG-X1')).toEqual({ kind: 'speaking' });
    expect(handWord(briefing.live, briefing.live.main)).toEqual({ kind: 'none' });
  });

  test('CON-06 has the clock at the main point and at the one that speaks', () => {
    expect(view(briefing.live, 'LG-X1').ownClock).toBe(true);
    expect(view(briefing.live, 'LG-00').ownClock).toBe(true);
    expect(view(briefing.live, 'LG-X2').ownClock).toBe(false);
  });

  test('CON-12 names the point whose signal is out', () => {
    const lost = { ...briefing.live, screen: { ...briefing.live.screen, lost: 'LG-X1' } };
    expect(view(lost, 'LG-X2').lost).toBe('Xã Tân Dụ');
  });
});

describe('the metadata of a room', () => {
  test('that is no meeting state is no meeting', () => {
    for (const odd of [undefined, '', '{', '[]', '7', '{"v":2}', '{"v":1}', 'null']) expect(readState(odd)).toBeNull();
    expect(readState(JSON.stringify(briefing.live))).toEqual(briefing.live);
  });
});

test('CON-02 a headset that comes back opens the microphone while its point has the floor, else only at once', () => {
  const { main } = briefing.live;
  const { speech: _speech, ...quiet } = { ...briefing.live, muted: [], mode: 'hoi-nghi' as const };
  const speaks = { ...quiet, speech: { number: 2, point: 'LG-X2', started: briefing.now } };
  const late = 40 * 60_000;
  expect(takesMicBack(speaks, 'LG-X2', late)).toBe(true);
  expect(takesMicBack(quiet, 'LG-X2', 1_000)).toBe(false);
  const discussion = { ...quiet, mode: 'thao-luan' as const };
  expect([takesMicBack(discussion, 'LG-X2', late), takesMicBack(discussion, 'LG-X2', 5_000)]).toEqual([false, true]);
  expect([takesMicBack(quiet, main, late), takesMicBack(quiet, main, 5_000)]).toEqual([false, true]);
  expect([takesMicBack(null, main, late), takesMicBack(null, main, 5_000)]).toEqual([false, true]);
});
