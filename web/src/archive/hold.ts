/** How long the clock waits for tracks that do not come, and for sound: a picture may be missed, words may not. */
export const patienceMs = 4_000;
export const soundPatienceMs = 20_000;

/** How it stands with what should be seen and heard now. */
export interface Standing {
  readonly running: boolean;
  /** How long the clock has waited, in milliseconds; null when it did not. */
  readonly waited: number | null;
  /** Something is not there. */
  readonly late: boolean;
  /** Nothing is there. */
  readonly nothing: boolean;
  /** What speaks has nothing to be played. */
  readonly unheard: boolean;
}

/** Whether the clock is to start, to stop, or to stay as it is. It does not stop for one picture, and for nothing for ever. */
export function waits({ running, waited, late, nothing, unheard }: Standing): 'start' | 'stop' | 'stay' {
  if (!late && !unheard) return 'start';
  const patience = unheard ? soundPatienceMs : patienceMs;
  if (!running) return (waited ?? 0) > patience ? 'start' : 'stop';
  return (nothing || unheard) && (waited ?? 0) < patience ? 'stop' : 'stay';
}
