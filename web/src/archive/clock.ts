/** The one clock of a player: all tracks follow it. Times are milliseconds; now is that of performance.now(). */
export class MasterClock {
  private base = 0;
  private since: number | null = null;
  private speed = 1;

  constructor(
    private readonly now: () => number,
    private end: number,
  ) {}

  /** The recording has grown: time stands where it was. */
  extend(end: number): void {
    this.base = this.time;
    if (this.since !== null) this.since = this.now();
    this.end = end;
  }

  get time(): number {
    const run = this.since === null ? 0 : (this.now() - this.since) * this.speed;
    return Math.min(Math.max(this.base + run, 0), this.end);
  }

  get running(): boolean {
    return this.since !== null;
  }

  get rate(): number {
    return this.speed;
  }

  start(): void {
    this.since ??= this.now();
  }

  stop(): void {
    this.base = this.time;
    this.since = null;
  }

  seek(time: number): void {
    this.base = Math.min(Math.max(time, 0), this.end);
    if (this.since !== null) this.since = this.now();
  }

  /** Moves on or back by a little without a jump: another clock leads. */
  slew(ms: number): void {
    this.base = this.time + ms;
    if (this.since !== null) this.since = this.now();
  }

  setRate(rate: number): void {
    this.base = this.time;
    if (this.since !== null) this.since = this.now();
    this.speed = rate;
  }
}

export interface Steering {
  /** What the element plays at. */
  readonly rate: number;
  /** Where it is to jump, in milliseconds; null when it need not. */
  readonly seek: number | null;
}

/** Below this nobody hears or sees it; beyond the other, nudging would take too long. */
const tolerance = 25;
const jump = 350;
/** How far the speed is bent at most: 12 % is not noticed in speech for the moments it takes. */
const bend = 0.12;

/** Beyond this a track jumps: at double speed, twice as far is as long. */
const jumpAt = (rate: number): number => jump * Math.max(rate, 1);

/** The clock takes this share of its error from the leading track at each step. */
const leadShare = 0.1;

/**
 * How far the clock is to be moved towards the track that leads it. What is beyond a jump is not followed: there the
 * track comes to the clock. There is no error between that neither side mends.
 */
export function leadBy(error: number, rate: number): number {
  return Math.abs(error) > jumpAt(rate) ? 0 : error * leadShare;
}

/** How a track that is error milliseconds ahead of the clock gets back to it. */
export function steer(error: number, time: number, rate: number): Steering {
  if (Math.abs(error) > jumpAt(rate)) return { rate, seek: time };
  if (Math.abs(error) <= tolerance) return { rate, seek: null };
  const nudge = Math.min(Math.max(-error / 500, -bend), bend);
  return { rate: Math.round(rate * (1 + nudge) * 1000) / 1000, seek: null };
}
