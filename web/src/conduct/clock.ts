/** Countdown of speeches and items (CON-06). All times are the bridge's, in milliseconds. */

export type ClockColour = 'plain' | 'green' | 'yellow' | 'red';

export const warningMs = 60_000;

export interface Countdown {
  readonly colour: ClockColour;
  /** "04:05", over time "+00:12"; without a limit the time spent. */
  readonly text: string;
  readonly over: boolean;
  /** Part of the time that is spent, 0 to 1; null without a limit. */
  readonly spent: number | null;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** 75 s are "01:15", an hour and more "1:02:03". */
export function clockText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const hours = Math.floor(seconds / 3_600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

export function countdown(started: number, due: number | undefined, now: number): Countdown {
  if (due === undefined || due === 0) return { colour: 'plain', text: clockText(now - started), over: false, spent: null };
  const left = due - now;
  if (left <= 0) return { colour: 'red', text: `+${clockText(-left)}`, over: true, spent: 1 };
  const spent = Math.min(1, Math.max(0, (now - started) / Math.max(1, due - started)));
  // A second that has begun counts: the clock shows 00:01 until the time is up.
  return { colour: left <= warningMs ? 'yellow' : 'green', text: clockText(left + 999), over: false, spent };
}

/** Where a Date header only says full seconds, the middle of that second is meant. */
const headerHalfMs = 500;
const trustAfterMs = 2_000;

/** So far this machine's clock and its own counting of time may drift apart before one of them is believed to have jumped. */
const jumpMs = 2_000;

/**
 * The bridge's time. A room's computer may be three hours wrong, and be set right in the middle of a meeting: no time of
 * a meeting is ever read from its clock, it is counted on from what the bridge said. A machine that slept has counted
 * too little, and looks the same from inside: whenever the two go apart the bridge is asked.
 */
export class BridgeClock {
  /** The bridge's time less what was counted. */
  private anchor: number | null = null;
  private roundTrip = Number.POSITIVE_INFINITY;
  private apart: number;
  private ask: () => void = () => undefined;

  constructor(
    private readonly local: () => number = Date.now,
    private readonly counted: () => number = () => performance.now(),
  ) {
    this.apart = local() - counted();
  }

  /** What asks the bridge for its time. */
  onDoubt(ask: () => void): void {
    this.ask = ask;
  }

  /** An answer of the bridge carried this Date header. The quickest answer is the most exact one. */
  readonly hear = (header: string, asked: number, answered: number): void => {
    const said = Date.parse(header);
    const took = answered - asked;
    if (Number.isNaN(said) || took < 0) return;
    const offset = said + headerHalfMs - (asked + answered) / 2;
    // Differences below a second are the header's own grain.
    const anchor = this.local() + (Math.abs(offset) < 1_000 ? 0 : offset) - this.counted();
    const moved = this.anchor === null || Math.abs(anchor - this.anchor) > trustAfterMs;
    if (!moved && took >= this.roundTrip) return;
    this.anchor = anchor;
    this.roundTrip = took;
  };

  readonly now = (): number => {
    const local = this.local();
    const counted = this.counted();
    if (this.anchor === null) return local;
    if (Math.abs(local - counted - this.apart) > jumpMs) {
      this.apart = local - counted;
      this.ask();
    }
    return counted + this.anchor;
  };

  /** Minutes that this machine is wrong; 0 when less than one. */
  get wrongMinutes(): number {
    const minutes = Math.round((this.local() - this.now()) / 60_000);
    return minutes === 0 ? 0 : minutes;
  }
}

export const bridgeClock = new BridgeClock();
