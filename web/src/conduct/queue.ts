import { at, pointName, type Board } from './board';

/** The speech queue as chair and secretary see it (CON-03). */

export interface QueueRow {
  readonly id: string;
  readonly point: string;
  readonly name: string;
  readonly person: string;
  readonly position: string;
  readonly topic: string;
  readonly minutes: number;
  readonly waitedMinutes: number;
  readonly early: boolean;
  readonly deferred: boolean;
  /** From 1; 0 for a deferred entry. */
  readonly place: number;
  readonly connected: boolean;
}

export function queueRows(board: Board, now: number): QueueRow[] {
  let place = 0;
  return board.queue.map((request) => ({
    id: request.id,
    point: request.point,
    name: pointName(board, request.point),
    person: request.speaker?.name ?? '',
    position: request.speaker?.position ?? '',
    topic: request.topic ?? '',
    minutes: request.minutes ?? 0,
    waitedMinutes: Math.max(0, Math.floor((now - at(request.at)) / 60_000)),
    early: request.early ?? false,
    deferred: request.deferred ?? false,
    place: request.deferred ? 0 : ++place,
    connected: board.points[request.point]?.connected ?? false,
  }));
}

/** The entry that "Mời phát biểu" calls without a choice: the first that is due and there. */
export function nextInQueue(rows: readonly QueueRow[]): QueueRow | null {
  return rows.find((row) => !row.deferred && row.connected) ?? null;
}

/** Where a row goes when it is moved by one; null when it cannot. Deferred rows count as places of the list. */
export function movedPlace(rows: readonly QueueRow[], id: string, by: 1 | -1): number | null {
  const index = rows.findIndex((row) => row.id === id);
  const target = index + by;
  return index < 0 || target < 0 || target >= rows.length ? null : target;
}
