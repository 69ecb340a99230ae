import { expect, test } from 'vitest';
import { recorderTrouble, recordingWord } from './recorder';
import { briefing } from './sample';

const of = (state: 'recording' | 'failed', alarms: string[]) => recorderTrouble({ ...briefing.live, recorder: { state, alarms } });

test('ARC-09 boards name the worst trouble of the recorder, and nothing that they do not know', () => {
  expect(recorderTrouble(briefing.live)).toBeNull();
  expect(of('recording', ['disk.filling'])).toBe('filling');
  expect(of('recording', ['disk.filling', 'disk.full', 'dropping'])).toBe('full');
  expect(of('recording', ['dropping'])).toBe('slow');
  expect(of('recording', ['unrecordable', 'disk.filling'])).toBe('unrecordable');
  expect(of('failed', ['disk.full'])).toBe('failed');
  expect(of('recording', ['of.a.newer.bridge'])).toBeNull();
});

test('ARC-01 everybody is told of the recording, of its pause, and in a room that nobody conducts by the word of the bridge', () => {
  const live = { ...briefing.live, recording: true };
  const { recording: _recording, ...quiet } = live;
  expect([recordingWord(live, false), recordingWord({ ...live, recorder: { state: 'failed' } }, false)]).toEqual(['on', 'on']);
  expect(recordingWord({ ...live, recorder: { state: 'paused', paused: true } }, true)).toBe('paused');
  expect([recordingWord(quiet, false), recordingWord(null, false), recordingWord(null, true)]).toEqual(['off', 'off', 'on']);
});
