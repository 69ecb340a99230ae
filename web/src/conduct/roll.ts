import { pointName, type Board, type Plan, type RollMark, type RollStatus } from './board';
import type { PointId } from './state';

/** The roll call by keyboard (CON-07): one key a point, the connection only a hint. */

export interface RollRow {
  readonly point: PointId;
  readonly name: string;
  readonly group: string;
  readonly status: RollStatus;
  readonly present: number;
  readonly expected: number;
  readonly leader: string;
  readonly position: string;
  readonly substitute: string;
  readonly reason: string;
  readonly phone: boolean;
  readonly connected: boolean;
}

const kindOrder = ['tinh', 'so', 'phuong', 'xa', 'dac-khu', 'khac'];

function kindRank(kind: string): number {
  const index = kindOrder.indexOf(kind);
  return index < 0 ? kindOrder.length : index;
}

/** The main point first, then by kind, in the order of the plan. */
export function rollOrder(plan: Plan): readonly { id: PointId; kind: string }[] {
  return plan.points
    .map((point, index) => ({ point, index }))
    .sort((a, b) => {
      const main = Number(b.point.id === plan.main) - Number(a.point.id === plan.main);
      return main || kindRank(a.point.kind) - kindRank(b.point.kind) || a.index - b.index;
    })
    .map(({ point }) => ({ id: point.id, kind: point.kind }));
}

export function rollRows(board: Board): RollRow[] {
  return rollOrder(board.plan).map(({ id, kind }) => {
    const mark: RollMark | undefined = board.roll[id];
    return {
      point: id,
      name: pointName(board, id),
      group: kind,
      status: mark?.status ?? 'chua-diem-danh',
      present: mark?.present ?? 0,
      expected: mark?.expected ?? 0,
      leader: mark?.leader?.name ?? '',
      position: mark?.leader?.position ?? '',
      substitute: mark?.substitute ?? '',
      reason: mark?.reason ?? '',
      phone: mark?.phone ?? false,
      connected: board.points[id]?.connected ?? false,
    };
  });
}

/** A mark that one key cannot make: an absence wants its reason, a presence its heads where the plan expects none. */
export function asksFirst(row: Pick<RollRow, 'expected'>, status: RollStatus): boolean {
  return status === 'vang-co-ly-do' || (status === 'co-mat' && row.expected === 0);
}

export interface RollTotals {
  readonly points: number;
  readonly present: number;
  readonly excused: number;
  readonly absent: number;
  readonly notCalled: number;
  readonly heads: number;
  readonly expected: number;
}

export function rollTotals(rows: readonly RollRow[]): RollTotals {
  const count = (status: RollStatus) => rows.filter((row) => row.status === status).length;
  return {
    points: rows.length,
    present: count('co-mat'),
    excused: count('vang-co-ly-do'),
    absent: count('vang-khong-ly-do'),
    notCalled: count('chua-diem-danh'),
    heads: rows.reduce((sum, row) => sum + row.present, 0),
    expected: rows.reduce((sum, row) => sum + row.expected, 0),
  };
}

export type RollKey =
  | { readonly kind: 'mark'; readonly status: RollStatus }
  | { readonly kind: 'move'; readonly by: number }
  /** Opens the line for heads and leader. */
  | { readonly kind: 'edit' };

/** Space or C: there; L: absent with reason; K: absent without; X: not called; arrows walk. */
export function rollKey(key: string): RollKey | null {
  switch (key.length === 1 ? key.toLowerCase() : key) {
    case ' ':
    case 'c':
      return { kind: 'mark', status: 'co-mat' };
    case 'l':
      return { kind: 'mark', status: 'vang-co-ly-do' };
    case 'k':
      return { kind: 'mark', status: 'vang-khong-ly-do' };
    case 'x':
      return { kind: 'mark', status: 'chua-diem-danh' };
    case 'ArrowDown':
      return { kind: 'move', by: 1 };
    case 'ArrowUp':
      return { kind: 'move', by: -1 };
    case 'Enter':
    case 'e':
      return { kind: 'edit' };
    default:
      return null;
  }
}

/** One key says it anew only where it says something else: heads that were counted at a point stay when it is called there once more. */
export function changes(row: Pick<RollRow, 'status'>, status: RollStatus): boolean {
  return row.status !== status;
}

/** Where the cursor goes after a mark: the next line that was not called, else the next line. */
export function nextToCall(rows: readonly RollRow[], from: number): number {
  for (let step = 1; step <= rows.length; step++) {
    const index = (from + step) % rows.length;
    if (rows[index]?.status === 'chua-diem-danh') return index;
  }
  return Math.min(from + 1, Math.max(0, rows.length - 1));
}

export function moved(rows: readonly RollRow[], from: number, by: number): number {
  return Math.min(Math.max(0, from + by), Math.max(0, rows.length - 1));
}
