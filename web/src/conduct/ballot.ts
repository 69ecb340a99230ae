import type { Voter } from './board';
import type { Choice } from './state';

/** What became of one member's vote at this screen. */
export type Ballot =
  | { readonly state: 'sending'; readonly choice: Choice }
  /** The bridge has it. */
  | { readonly state: 'sent'; readonly choice: Choice }
  /** The bridge had one before; which, this screen does not know. */
  | { readonly state: 'had' }
  /** It did not arrive or was refused: it can be sent again. */
  | { readonly state: 'failed'; readonly fault: string };

export type Ballots = Readonly<Record<string, Ballot>>;

/** The answer to a vote. An answer that was lost may have been a good one: the next try then hears that it is there. */
export function ballotAfter(choice: Choice, fault: string | null): Ballot {
  if (fault === null) return { state: 'sent', choice };
  return fault === 'vote_already_cast' ? { state: 'had' } : { state: 'failed', fault };
}

const isIn = (ballot: Ballot | undefined): boolean => ballot?.state === 'sent' || ballot?.state === 'had';

/** Whose turn it is, and whose vote came in last, in the order of the list. */
export function turnOf(voters: readonly Voter[], ballots: Ballots): { readonly next: Voter | null; readonly last: Voter | null } {
  const next = voters.find((voter) => !isIn(ballots[voter.person])) ?? null;
  const done = voters.filter((voter) => isIn(ballots[voter.person]));
  return { next, last: done.at(-1) ?? null };
}
