import type { LiveState } from './state';

/** What is wrong with the recording, the worst first. */
const troubles = ['failed', 'gone', 'full', 'failing', 'slow', 'unrecordable', 'encrypted', 'filling'] as const;

export type RecorderTrouble = (typeof troubles)[number];

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
