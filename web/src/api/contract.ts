import type { Board } from '../conduct/board';
import type { Reading } from '../conduct/lines';
import type { LiveState } from '../conduct/state';
import type { Deadlines, FieldProblem, MeetingLine, PointRecord } from './meetings';
import type { components } from './schema';
import type { Session } from './session';

/**
 * What the bridge says it sends fits what the screens take: checked by the compiler against the API's own description.
 * A field that the bridge renames breaks the build here and not a meeting.
 */
type Schemas = components['schemas'];
type Fits<Sent extends Taken, Taken> = Sent;

export type Contract = [
  Fits<Schemas['MeetingLine'], MeetingLine>,
  Fits<Schemas['FieldProblem'], FieldProblem>,
  Fits<Schemas['CalendarDeadlines'], Deadlines>,
  Fits<Schemas['PointRecord'], PointRecord>,
  Fits<Schemas['DoorWho'], Session>,
  Fits<Loose<Schemas['Lines']>, Loose<Reading>>,
  Fits<Loose<Schemas['LiveState']>, Loose<LiveState>>,
  Fits<Loose<Pick<Schemas['LiveBoard'], 'queue' | 'timing' | 'points' | 'untested'>>, Loose<Pick<Board, 'queue' | 'timing' | 'points' | 'untested'>>>,
];

/** Names of fields and their kinds. The description has words as plain strings, and lists that are never null as ones that may be. */
type Loose<T> = T extends null ? never : T extends string ? string : T extends readonly (infer Item)[] ? readonly Loose<Item>[] : T extends object ? { [Key in keyof T]: Loose<T[Key]> } : T;
