/** Who is shown large. Coughs and short remarks must not make the picture jump. */

export interface SpeakerChoice {
  readonly shown: string | null;
  readonly shownSince: number;
  readonly candidate: string | null;
  readonly candidateSince: number;
}

export const noSpeaker: SpeakerChoice = { shown: null, shownSince: 0, candidate: null, candidateSince: 0 };

/** A point has to speak this long before it is shown. */
export const takeAfterMs = 700;
/** A shown point stays at least this long. */
export const stayMs = 2_500;

export function nextSpeaker(
  choice: SpeakerChoice,
  loudest: string | null,
  present: ReadonlySet<string>,
  now: number,
): SpeakerChoice {
  const shown = choice.shown !== null && present.has(choice.shown) ? choice.shown : null;
  if (loudest === null || !present.has(loudest) || loudest === shown) {
    if (shown === choice.shown && choice.candidate === null) return choice;
    return { shown, shownSince: choice.shownSince, candidate: null, candidateSince: 0 };
  }
  if (shown === null) return { shown: loudest, shownSince: now, candidate: null, candidateSince: 0 };
  if (loudest !== choice.candidate) return { ...choice, candidate: loudest, candidateSince: now };
  if (now - choice.candidateSince < takeAfterMs || now - choice.shownSince < stayMs) return choice;
  return { shown: loudest, shownSince: now, candidate: null, candidateSince: 0 };
}
