import { at, pointName, type Board } from './board';
import { clockText } from './clock';

/** The running order (CON-14): what was, is and comes, and how late it is. */

export interface OrderRow {
  readonly id: string;
  readonly number: number;
  readonly title: string;
  readonly who: string;
  readonly planned: number;
  readonly minutes: number;
  readonly state: 'done' | 'on' | 'next' | 'later';
  readonly started: number;
  readonly finished: number;
  /** Milliseconds past its minutes. */
  readonly over: number;
  readonly clock: string;
}

export function orderRows(board: Board, now: number): OrderRow[] {
  const { agenda } = board.plan;
  const lastRun = new Map(board.runs.map((run) => [run.item, run]));
  let nextFound = false;
  return agenda.map((item, index) => {
    const run = lastRun.get(item.id);
    const started = at(run?.started);
    const finished = at(run?.finished);
    const minutes = item.minutes ?? 0;
    const spent = started === 0 ? 0 : (finished || now) - started;
    const state = started === 0 ? (nextFound ? 'later' : 'next') : finished === 0 ? 'on' : 'done';
    if (state === 'next') nextFound = true;
    return {
      id: item.id,
      number: index + 1,
      title: item.title,
      who: [item.presenter?.name, item.point ? pointName(board, item.point) : ''].filter(Boolean).join(' – '),
      planned: at(item.start),
      minutes,
      state,
      started,
      finished,
      over: minutes === 0 ? 0 : Math.max(0, spent - minutes * 60_000),
      clock: started === 0 ? '' : clockText(spent),
    };
  });
}

/** How late the meeting is: the item that is on (or comes) against the plan, in whole minutes; negative is early. */
export function lateness(rows: readonly OrderRow[], now: number): number {
  const on = rows.find((row) => row.state === 'on');
  if (on && on.planned > 0) return Math.round((on.started - on.planned + on.over) / 60_000);
  const next = rows.find((row) => row.state === 'next');
  if (!next || next.planned === 0 || !rows.some((row) => row.state === 'done')) return 0;
  return Math.max(0, Math.round((now - next.planned) / 60_000));
}
