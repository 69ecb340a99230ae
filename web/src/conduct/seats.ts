import type { Board, Person, Right } from './board';

/** Who holds the three rights of a meeting, and to whom they can go (CON-01). */

export const rights: readonly Right[] = ['chu-tri', 'thu-ky', 'ky-thuat-vien'];

export interface SeatRow {
  readonly right: Right;
  readonly holder: string;
  readonly mine: boolean;
  /** The holder hands over his own right, the chair any. */
  readonly mayHand: boolean;
  /** Secretary and technician may press the floor's buttons when the chair lets them. */
  readonly runs: boolean;
  readonly mayLetRun: boolean;
}

const over = (board: Board): boolean => board.live.phase === 'be-mac';

export function seatRows(board: Board): SeatRow[] {
  const chairs = board.you.seats.includes('chu-tri');
  return rights.map((right) => {
    const mine = board.you.seats.includes(right);
    return {
      right,
      holder: board.seats[right]?.person.name ?? '',
      mine,
      mayHand: (mine || chairs) && !over(board),
      runs: board.runners.includes(right),
      mayLetRun: chairs && right !== 'chu-tri' && !over(board),
    };
  });
}

/** Everybody who is known by an account and could take the right: those of the meeting first, then the directory. */
export function heirs(board: Board, right: Right, directory: readonly Person[]): Person[] {
  const { people, points } = board.plan;
  const { chair, secretary, technician, coChairs = [], hall = [] } = people;
  const own = [chair, secretary, technician, ...coChairs, ...hall, ...points.map((point) => point.leader)];
  const holder = board.seats[right]?.person.id;
  const found = new Map<string, Person>();
  for (const person of [...own, ...directory]) {
    if (person?.id && person.name !== '' && person.id !== holder && !found.has(person.id)) found.set(person.id, person);
  }
  return [...found.values()];
}
