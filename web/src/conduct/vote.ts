import { pointName, type Board, type HandCounts, type HandEntry, type Vote } from './board';
import type { PointId, VoteState } from './state';

/** Votes as the boards show them (VOT-01, VOT-02, VOT-03). */

export interface HandRow {
  readonly point: PointId;
  readonly name: string;
  /** Members with a vote who sit there and were present when the vote was opened. */
  readonly members: number;
  readonly counts: HandCounts | null;
  readonly confirmed: boolean;
  /** Earlier counts of the point: corrections keep both values. */
  readonly earlier: readonly HandCounts[];
}

export function handRows(board: Board, vote: Vote): HandRow[] {
  const present = new Set(vote.present ?? []);
  return board.plan.points.flatMap((point) => {
    const members = vote.motion.voters.filter((voter) => voter.point === point.id && present.has(voter.person)).length;
    const entries: readonly HandEntry[] = (vote.entries ?? []).filter((entry) => entry.point === point.id);
    const last = entries.at(-1);
    if (members === 0 && !last) return [];
    return [
      {
        point: point.id,
        name: pointName(board, point.id),
        members,
        counts: last?.counts ?? null,
        confirmed: (last?.confirmed ?? '') !== '',
        earlier: entries.slice(0, -1).map((entry) => entry.counts),
      },
    ];
  });
}

export const sumOf = (counts: HandCounts): number => counts.for + counts.against + counts.abstain;

/** What is wrong with a count before it is sent; null when nothing is. */
export function handFault(counts: HandCounts, members: number): 'negative' | 'too-many' | null {
  const all = [counts.for, counts.against, counts.abstain];
  if (all.some((value) => !Number.isInteger(value) || value < 0)) return 'negative';
  return sumOf(counts) > members ? 'too-many' : null;
}

/**
 * The bound of what a room may count: null where there is nothing to count, 0 where this machine does not know how many
 * vote here. The bridge knows, and refuses too many.
 */
export function handBound(vote: Pick<VoteState, 'own'>, members: number, known: boolean): number | null {
  if (!known || vote.own === true) return 0;
  return members > 0 ? members : null;
}

export interface Quorum {
  readonly eligible: number;
  readonly present: number;
  readonly needed: number;
  readonly met: boolean;
}

/** Whether enough members are there (VOT-03). Before the vote is opened, by the roll call. */
export function quorumOf(board: Board, vote: Vote): Quorum {
  const eligible = vote.motion.voters.filter((voter) => !voter.substitute);
  const here = vote.phase === 'chuan-bi'
    ? (vote.voting ?? eligible.filter((voter) => board.roll[voter.point]?.status === 'co-mat').length)
    : (vote.present ?? []).length;
  const { num, den } = vote.motion.quorum ?? { num: 0, den: 0 };
  const needed = den === 0 ? 0 : Math.ceil((eligible.length * num) / den);
  return { eligible: eligible.length, present: here, needed, met: vote.quorum ?? here >= needed };
}

export function tally(vote: Vote): HandCounts {
  const casts = vote.casts ?? [];
  if (vote.motion.form === 'ghi-ten') {
    const count = (choice: string) => casts.filter((cast) => cast.choice === choice).length;
    return { for: count('tan-thanh'), against: count('khong-tan-thanh'), abstain: count('khong-bieu-quyet') };
  }
  const last = new Map((vote.entries ?? []).map((entry) => [entry.point, entry.counts]));
  const total = { for: 0, against: 0, abstain: 0 };
  for (const counts of last.values()) {
    total.for += counts.for;
    total.against += counts.against;
    total.abstain += counts.abstain;
  }
  return total;
}

/** 854 is "85,4 %": Vietnamese writes a comma. */
export function percent(perMille: number, comma: string): string {
  return `${Math.floor(perMille / 10)}${comma}${perMille % 10} %`;
}
