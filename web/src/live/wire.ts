import type { Board } from '../conduct/board';

/** The answer of GET .../state. Fields of a newer bridge are left alone, those of an older one filled in. */
export function boardOf(answer: unknown): Board {
  const board = answer as Partial<Board> & Pick<Board, 'plan' | 'live'>;
  const { notes } = board;
  return {
    ...board,
    you: board.you ?? { seats: [], floor: false },
    seats: board.seats ?? {},
    runners: board.runners ?? [],
    timing: board.timing ?? { seconds: 0, autoCut: false },
    queue: board.queue ?? [],
    past: board.past ?? [],
    points: board.points ?? {},
    roll: board.roll ?? {},
    runs: board.runs ?? [],
    votes: board.votes ?? [],
    notes: { tasks: notes?.tasks ?? [], items: notes?.items ?? {}, incidents: notes?.incidents ?? [], remark: notes?.remark ?? '', ...(notes?.readBack ? { readBack: notes.readBack } : {}) },
    previews: board.previews ?? {},
    banned: board.banned ?? [],
    untested: board.untested ?? [],
    failed: board.failed ?? [],
  };
}
