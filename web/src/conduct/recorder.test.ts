import { expect, test } from 'vitest';
import { recorderTrouble } from './recorder';
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
