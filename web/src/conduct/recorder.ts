import type { LiveState } from './state';

/** What is wrong with the recording, the worst first. */
const troubles = ['failed', 'gone', 'full', 'failing', 'slow', 'unrecordable', 'encrypted', 'filling'] as const;

export type RecorderTrouble = (typeof troubles)[number];

/** What everybody in a meeting is told of its recording (ARC-01). */
export type RecordingWord = 'off' | 'on' | 'paused';

/** In a room that nobody conducts the bridge's own word counts: `active`. */
export function recordingWord(live: LiveState | null, active: boolean): RecordingWord {
  if (live?.recording !== true) return active ? 'on' : 'off';
  return live.recorder?.paused === true ? 'paused' : 'on';
}

const ofAlarm: Readonly<Record<string, RecorderTrouble>> = {
  'disk.gone': 'gone',
  'disk.full': 'full',
  'disk.failing': 'failing',
  'disk.slow': 'slow',
  dropping: 'slow',
  'disk.filling': 'filling',
  unrecordable: 'unrecordable',
  encrypted: 'encrypted',
};

/** The worst trouble that boards show; null when there is none. */
export function recorderTrouble(live: LiveState): RecorderTrouble | null {
  const now = new Set((live.recorder?.alarms ?? []).map((alarm) => ofAlarm[alarm]));
  if (live.recorder?.state === 'failed') now.add('failed');
  return troubles.find((trouble) => now.has(trouble)) ?? null;
}
