/** How long the clock waits for tracks that do not come, and for sound: a picture may be missed, words may not. */
export const patienceMs = 4_000;
export const soundPatienceMs = 20_000;

/** How it stands with what should be seen and heard now. */
export interface Standing {
  readonly running: boolean;
  /** Something is not there. */
  readonly late: boolean;
  /** Nothing is there. */
  readonly nothing: boolean;
  /** What speaks has nothing to be played. */
  readonly unheard: boolean;
}

/**
 * Whether the clock is to start, to stop, or to stay as it is. It does not stop for one picture, and for nothing for
 * ever. Sound is waited for anew each time that it fails, however long a picture has been late already.
 */
export class Patience {
  /** Since when something has been waited for; null when nothing is. */
  private late: number | null = null;
  /** Since when the sound has not come. */
  private unheard: number | null = null;

  constructor(private readonly now: () => number) {}

  get waiting(): boolean {
    return this.late !== null;
  }

  /** Nothing is waited for any more, as in a pause; or it is from now on, as after a jump. */
  anew(waiting: boolean): void {
    this.late = waiting ? this.now() : null;
    this.unheard = null;
  }

  next({ running, late, nothing, unheard }: Standing): 'start' | 'stop' | 'stay' {
    const now = this.now();
    const then = this.decide(running, nothing, late, unheard, now);
    if (!late && !unheard) this.late = null;
    if (then === 'stop') this.late ??= now;
    return then;
  }

  private decide(running: boolean, nothing: boolean, late: boolean, unheard: boolean, now: number): 'start' | 'stop' | 'stay' {
    if (!unheard) this.unheard = null;
    else if (now - (this.unheard ??= now) < soundPatienceMs) return 'stop';
    if (!late && !unheard) return 'start';
    const over = this.late !== null && now - this.late >= patienceMs;
    if (!running) return over ? 'start' : 'stop';
    return nothing && !over ? 'stop' : 'stay';
  }
}
