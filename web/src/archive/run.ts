import type { Fragment } from './record';

/** A stretch of time in milliseconds. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Media that begins this soon after a time counts as being there: stamps of pictures and of fragments are rounded. */
export const slackMs = 60;
/** Less than this between two fragments is no hole: sound is not sent in silence, and packets are lost. */
const holeMs = 500;

export const within = (stretch: Stretch | null, time: number): boolean => stretch !== null && stretch.from <= time && time < stretch.to;

/**
 * Whether feeding goes on where the last run of fragments ended. A browser keeps what it had before jumps as islands:
 * one where the clock is now may not be the one that was fed last, and then feeding begins anew at its end.
 * reached is up to where there is media, over the hole that the clock is in, if it is in one.
 */
export function goesOn(run: Stretch | null, time: number, reached: number | null, hole: Stretch | null): run is Stretch {
  if (run === null || reached === null || run.to < reached - holeMs) return false;
  return run.from <= time + slackMs || (within(hole, time) && run.from >= time && run.from <= reached);
}

/** What to begin with at a time, and the hole that is there before it: null when there is none. */
export function beginAt(fragments: readonly Fragment[], time: number, until: number): { readonly fragments: readonly Fragment[]; readonly hole: Stretch | null } {
  const covered = fragments.some((each) => each.at <= time + slackMs && each.end + holeMs > time);
  if (covered) return { fragments, hole: null };
  const next = fragments.findIndex((each) => each.key && each.at > time);
  if (next < 0) return { fragments: [], hole: { from: time - 100, to: until } };
  return { fragments: fragments.slice(next), hole: { from: time - 100, to: fragments[next]?.at ?? until } };
}

/** The hole between what was fed and what is next; null when there is none. */
export function holeBetween(reached: number, next: Fragment | undefined, until: number): Stretch | null {
  if (next === undefined) return { from: reached, to: until };
  return next.at > reached + holeMs ? { from: reached - 100, to: next.at } : null;
}

/** What a media error takes at first, and how far from the last one it counts as the same. */
const spoiltMs = 1_000;
const nearMs = 12_000;

/** What is to be left out after an error at a time: near the last one, twice as much. */
export function spoiltAt(at: number, last: Stretch | undefined): Stretch {
  if (last === undefined || at < last.from - nearMs || at > last.to + spoiltMs) return { from: at, to: at + spoiltMs };
  return { from: Math.min(last.from, at), to: Math.max(at, last.to) + last.to - last.from };
}

/** What is left without fragments that cannot be decoded, and without those that cannot be decoded for lack of them. */
export function decodable(fragments: readonly Fragment[], spoilt: readonly Stretch[]): readonly Fragment[] {
  if (spoilt.length === 0) return fragments;
  let broken = false;
  return fragments.filter((each) => {
    const bad = spoilt.some((stretch) => each.at < stretch.to && each.end > stretch.from);
    broken = bad || (broken && !each.key);
    return !broken;
  });
}
