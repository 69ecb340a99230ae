import { pointName, type Board } from './board';

/** The award scene (CON-16): the list from the highest award to the lowest, and whose turn it is. */

export interface AwardRow {
  readonly index: number;
  readonly to: string;
  readonly award: string;
  readonly group: boolean;
  /** Where it is handed over; empty for the main point. */
  readonly place: string;
  /** That point is there: else it is handed over in words only. */
  readonly there: boolean;
  readonly state: 'given' | 'on' | 'waits';
}

export function awardRows(board: Board): AwardRow[] {
  const on = board.award ?? -1;
  return (board.plan.awards ?? []).map(({ to, award, group, point }, index) => ({
    index,
    to,
    award,
    group: group ?? false,
    place: point === undefined ? '' : pointName(board, point),
    there: point === undefined || (board.points[point]?.connected ?? false),
    state: index === on ? 'on' : index < on ? 'given' : 'waits',
  }));
}

/** The line that one key goes on to; null after the last. */
export function nextAward(board: Board): number | null {
  const next = (board.award ?? -1) + 1;
  return next < (board.plan.awards?.length ?? 0) ? next : null;
}

export interface LeaveRow {
  readonly point: string;
  readonly name: string;
  readonly why: string;
}

/** Points that wait for the chair's consent to leave early (CON-08). */
export function leaveRows(board: Board): LeaveRow[] {
  return board.plan.points.flatMap(({ id, name }) => {
    const there = board.points[id];
    return there?.asked !== undefined && there.left === undefined ? [{ point: id, name, why: there.why ?? '' }] : [];
  });
}
