import type { Choice, LiveState, PointId, VoteForm, VotePhase } from './state';

/** What only the boards show: the plan and the whole state of the meeting, in the names of meeting/conduct. */

export type Right = 'chu-tri' | 'thu-ky' | 'ky-thuat-vien';
export type RollStatus = 'chua-diem-danh' | 'co-mat' | 'vang-co-ly-do' | 'vang-khong-ly-do';

export interface Person {
  readonly id?: string;
  readonly name: string;
  readonly position?: string;
  readonly unit?: string;
}

export interface PlanPoint {
  readonly id: PointId;
  readonly name: string;
  readonly kind: string;
  readonly unit?: string;
  readonly leader?: Person;
  readonly expected?: number;
  readonly line?: number;
}

export interface AgendaItem {
  readonly id: string;
  readonly title: string;
  readonly start?: string;
  readonly minutes?: number;
  readonly presenter?: Person;
  readonly point?: PointId;
  readonly papers?: readonly string[];
  readonly closing?: boolean;
}

export interface Voter {
  readonly person: string;
  readonly name: string;
  readonly point: PointId;
  readonly substitute?: boolean;
}

export interface Plan {
  readonly id: string;
  readonly type: string;
  readonly title: string;
  readonly host: string;
  readonly place?: string;
  readonly people: {
    readonly chair?: Person;
    readonly secretary?: Person;
    readonly technician?: Person;
    readonly coChairs?: readonly Person[];
    readonly hall?: readonly Person[];
    readonly phone?: string;
  };
  readonly main: PointId;
  readonly points: readonly PlanPoint[];
  readonly start?: string;
  readonly end?: string;
  readonly agenda: readonly AgendaItem[];
  readonly secrecy: string;
  readonly awards?: readonly Award[];
  readonly voters?: readonly Voter[];
  readonly conduct?: { readonly quorum?: { readonly num: number; readonly den: number } };
}

/** One line of the list that is read out in a ceremony, from the highest award to the lowest. */
export interface Award {
  readonly decision: string;
  readonly award: string;
  readonly to: string;
  readonly group?: boolean;
  readonly presenter?: Person;
  /** Where it is handed over, when not at the main point. */
  readonly point?: PointId;
}

export interface FloorRequest {
  readonly id: string;
  readonly point: PointId;
  readonly speaker?: Person;
  readonly topic?: string;
  readonly item?: string;
  readonly minutes?: number;
  readonly at: string;
  readonly early?: boolean;
  readonly deferred?: boolean;
}

export interface RollMark {
  readonly point: PointId;
  readonly status: RollStatus;
  readonly present: number;
  readonly expected: number;
  readonly leader?: Person;
  readonly substitute?: string;
  readonly reason?: string;
  readonly phone?: boolean;
}

export interface Presence {
  readonly connected: boolean;
  readonly joined?: string;
  readonly drops?: readonly { readonly from: string; readonly back?: string }[];
  readonly asked?: string;
  readonly left?: string;
  readonly why?: string;
}

export interface ItemRun {
  readonly item: string;
  readonly started: string;
  readonly finished?: string;
}

export interface Share {
  readonly num: number;
  readonly den: number;
}

export interface Motion {
  readonly id: string;
  readonly title: string;
  readonly form: VoteForm;
  readonly base: 'tong-so' | 'co-mat';
  readonly threshold: Share;
  readonly atLeast?: boolean;
  readonly tie: 'khong-thong-qua' | 'theo-chu-toa';
  readonly item?: string;
  readonly quorum?: Share;
  readonly voters: readonly Voter[];
}

export interface HandCounts {
  readonly for: number;
  readonly against: number;
  readonly abstain: number;
}

export interface HandEntry {
  readonly point: PointId;
  readonly counts: HandCounts;
  readonly by: string;
  readonly at: string;
  readonly confirmed?: string;
}

export interface Vote {
  readonly motion: Motion;
  readonly phase: VotePhase;
  readonly present?: readonly string[];
  readonly casts?: readonly { readonly voter: string; readonly choice: Choice; readonly at: string }[];
  readonly entries?: readonly HandEntry[];
  /** Members who would count as present if it were opened now, and whether they are enough. */
  readonly voting?: number;
  readonly quorum?: boolean;
}

export interface Task {
  readonly id: string;
  readonly content: string;
  readonly lead: string;
  readonly support?: readonly string[];
  /** yyyy-MM-dd */
  readonly due: string;
}

export interface Incident {
  readonly point: PointId;
  readonly from: string;
  readonly to?: string;
  readonly text: string;
}

export interface PastSpeech {
  readonly number: number;
  readonly point: PointId;
  readonly speaker?: Person;
  readonly topic?: string;
  readonly item?: string;
  readonly started: string;
  readonly ended?: string;
  readonly summary?: string;
}

export interface Board {
  readonly plan: Plan;
  readonly live: LiveState;
  /** Who looks: the seats that he holds, whether he may give the floor, and whether he has no board at all: then only his own point is told. */
  readonly you: { readonly person?: string; readonly device?: string; readonly point?: PointId; readonly seats: readonly Right[]; readonly floor: boolean; readonly partial?: boolean };
  readonly seats: Readonly<Partial<Record<Right, { readonly person: Person }>>>;
  readonly runners: readonly Right[];
  readonly timing: { readonly seconds: number; readonly autoCut: boolean };
  readonly queue: readonly FloorRequest[];
  readonly past: readonly PastSpeech[];
  readonly points: Readonly<Record<PointId, Presence>>;
  readonly roll: Readonly<Record<PointId, RollMark>>;
  readonly runs: readonly ItemRun[];
  readonly votes: readonly Vote[];
  readonly notes: {
    readonly tasks: readonly Task[];
    readonly items: Readonly<Record<string, string>>;
    readonly incidents: readonly Incident[];
    readonly remark: string;
    /** When the minutes were read back and agreed. */
    readonly readBack?: string;
  };
  /** Which point each device sees and hears off the air. */
  readonly previews: Readonly<Record<string, PointId>>;
  readonly banned: readonly PointId[];
  readonly untested: readonly PointId[];
  readonly failed: readonly PointId[];
  /** The line of the awards that is given now; absent outside the ceremony. */
  readonly award?: number;
}

/** Whether who looks holds one of the seats. The bridge refuses everybody else; the boards do not offer it. */
export function holds(board: Pick<Board, 'you'>, ...rights: readonly Right[]): boolean {
  return rights.some((right) => board.you.seats.includes(right));
}

export const isOver = (board: Pick<Board, 'live'>): boolean => board.live.phase === 'be-mac';

export function pointName(board: Pick<Board, 'plan'>, point: PointId): string {
  return board.plan.points.find((known) => known.id === point)?.name ?? point;
}

/** Seconds since the epoch are never compared as text: zones differ. */
export function at(time: string | undefined): number {
  const parsed = time === undefined ? Number.NaN : Date.parse(time);
  // Go's zero time is the year 1.
  return Number.isNaN(parsed) || parsed < 0 ? 0 : parsed;
}
