import type { ChatState } from './chat';

/** What the bridge tells every client of a meeting: the room's metadata. The names are those of meeting/live. */

export type PointId = string;
export type Phase = 'tap-hop' | 'dang-hop' | 'giai-lao' | 'be-mac';
export type Mode = 'hoi-nghi' | 'thao-luan' | 'tap-huan';
export type LayoutName =
  | 'toan-man-hinh'
  | 'chinh-phat-bieu'
  | 'chinh-phat-bieu-noi-dung'
  | 'luoi-4'
  | 'luoi-9'
  | 'luoi-16'
  | 'phat-bieu-dai';
export type VoteForm = 'ghi-ten' | 'gio-tay';
export type VotePhase = 'chuan-bi' | 'mo' | 'cho-chu-toa' | 'dong';
export type Choice = 'tan-thanh' | 'khong-tan-thanh' | 'khong-bieu-quyet';

export const modes: readonly Mode[] = ['hoi-nghi', 'thao-luan', 'tap-huan'];
export const layouts: readonly LayoutName[] = [
  'toan-man-hinh',
  'chinh-phat-bieu',
  'chinh-phat-bieu-noi-dung',
  'luoi-4',
  'luoi-9',
  'luoi-16',
  'phat-bieu-dai',
];
export const choices: readonly Choice[] = ['tan-thanh', 'khong-tan-thanh', 'khong-bieu-quyet'];

export interface ScreenState {
  readonly layout: LayoutName;
  /** The points in the picture, the large place first. */
  readonly tiles: readonly PointId[];
  /** From 0, of `pages`: absent while the layout holds all who are there. */
  readonly page?: number;
  readonly pages?: number;
  readonly content?: PointId;
  /** The paper that everybody reads; `by` is the point that turns its pages, absent where a board does. */
  readonly paper?: PaperState;
  readonly source?: string;
  readonly lowerThird?: readonly string[];
  readonly music?: boolean;
  /** The speaker whose signal is out. */
  readonly lost?: PointId;
}

export interface PaperState {
  readonly id: string;
  readonly page: number;
  readonly by?: PointId;
}

/** Times are milliseconds since 1970 by the bridge's clock. */
export interface SpeechState {
  readonly number: number;
  readonly point: PointId;
  /** The name of the point, also when it is out. */
  readonly called?: string;
  readonly name?: string;
  readonly position?: string;
  readonly topic?: string;
  readonly started: number;
  readonly due?: number;
  readonly autoCut?: boolean;
}

export interface RequestState {
  readonly id: string;
  readonly point: PointId;
  readonly name?: string;
  readonly at: number;
  readonly early?: boolean;
  readonly deferred?: boolean;
}

export interface VoteResult {
  readonly for: number;
  readonly against: number;
  readonly abstain: number;
  readonly perMille: number;
  readonly passed: boolean;
}

export interface VoteState {
  readonly motion: string;
  readonly title: string;
  readonly form: VoteForm;
  readonly phase: VotePhase;
  readonly eligible: number;
  readonly present: number;
  readonly cast: number;
  /** Its voters sit at other points, or in other numbers, than those of the plan. */
  readonly own?: boolean;
  readonly result?: VoteResult;
  /** When it was closed. */
  readonly ended?: number;
}

/** What the recorder does: writes, is off the record, waits for the room, or cannot begin and tries again. */
export interface RecorderState {
  readonly state?: 'recording' | 'paused' | 'waiting' | 'failed';
  readonly paused?: boolean;
  readonly code?: string;
  readonly alarms?: readonly string[];
}

export interface LiveState {
  readonly v: number;
  readonly meeting: string;
  readonly seq: number;
  /** Number of the announcement that it follows; absent where the bridge did not keep it. */
  readonly announced?: number;
  readonly phase: Phase;
  readonly mode: Mode;
  readonly main: PointId;
  readonly screen: ScreenState;
  readonly speech?: SpeechState;
  readonly queue?: readonly RequestState[];
  readonly waiting?: number;
  readonly muted?: readonly PointId[];
  readonly item?: { readonly id: string; readonly number?: number; readonly title?: string; readonly started: number; readonly due?: number };
  readonly roll: {
    readonly points: number;
    readonly present: number;
    readonly absent?: number;
    readonly heads?: number;
    readonly expected: number;
  };
  readonly vote?: VoteState;
  readonly recording?: boolean;
  /** How it stands with the recorder, when there is something to say. */
  readonly recorder?: RecorderState;
  readonly loudspeaker?: boolean;
  readonly locked?: boolean;
  /** Why it is closed: it was put off or cancelled before it began. */
  readonly calledOff?: boolean;
  /** Points that the chair lets go early. */
  readonly leaving?: readonly PointId[];
  readonly banner?: string;
  readonly chat?: ChatState;
}

const version = 1;

/** Reads a room's metadata. Null for a room that is not conducted, or by a bridge newer than this page. */
export function readState(metadata: string | undefined): LiveState | null {
  if (metadata === undefined || metadata === '') return null;
  try {
    const state: unknown = JSON.parse(metadata);
    if (typeof state !== 'object' || state === null) return null;
    const known = 'v' in state && state.v === version && 'screen' in state && 'roll' in state && 'phase' in state;
    return known ? (state as LiveState) : null;
  } catch {
    return null;
  }
}
