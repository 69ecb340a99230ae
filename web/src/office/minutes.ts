import type { MinutesFields } from '../api/minutes';
import { dayOf } from '../i18n/clock';
import { timeAt } from './day';

/** Changes of minutes that are edited. Each gives new fields; what the log alone knows (votes, recordings, drops) stays. */

type Head = MinutesFields['head'];
export type Line = NonNullable<MinutesFields['attendance']['points']>[number];
export type Item = NonNullable<MinutesFields['items']>[number];
export type Speech = NonNullable<MinutesFields['others']>[number];
export type Task = NonNullable<MinutesFields['tasks']>[number];
export type Trouble = NonNullable<MinutesFields['troubles']>[number];

function at<T>(list: readonly T[] | null | undefined, index: number, part: Partial<T>): T[] {
  return (list ?? []).map((each, place) => (place === index ? { ...each, ...part } : each));
}

export const withHead = (fields: MinutesFields, part: Partial<Head>): MinutesFields => ({ ...fields, head: { ...fields.head, ...part } });

/** An hour of the same day; what is no hour changes nothing. */
export function withHour(time: string, hour: string): string {
  return timeAt(dayOf(new Date(time)), hour) ?? time;
}

/** Who is absent has nobody there; who is there has somebody. */
export function withLine(fields: MinutesFields, index: number, part: Partial<Line>): MinutesFields {
  const old = fields.attendance.points?.[index];
  if (!old) return fields;
  const line = { ...old, ...part };
  const present = line.status === 'co-mat' ? line.present || (part.status === undefined ? 0 : line.expected || 1) : 0;
  return { ...fields, attendance: { ...fields.attendance, points: at(fields.attendance.points, index, { ...line, present }) } };
}

export const withItem = (fields: MinutesFields, index: number, part: Partial<Item>): MinutesFields => ({ ...fields, items: at(fields.items, index, part) });

/** A speech of an item, or one that belongs to none. */
export function withSpeech(fields: MinutesFields, item: number | null, index: number, part: Partial<Speech>): MinutesFields {
  if (item === null) return { ...fields, others: at(fields.others, index, part) };
  return withItem(fields, item, { speeches: at(fields.items?.[item]?.speeches, index, part) });
}

export const withTask = (fields: MinutesFields, index: number, part: Partial<Task>): MinutesFields => ({ ...fields, tasks: at(fields.tasks, index, part) });
export const dropTask = (fields: MinutesFields, index: number): MinutesFields => ({ ...fields, tasks: (fields.tasks ?? []).filter((_, place) => place !== index) });
export const addTask = (fields: MinutesFields, id: string): MinutesFields => ({ ...fields, tasks: [...(fields.tasks ?? []), { id, content: '', lead: '', due: '' }] });
export const withTrouble = (fields: MinutesFields, index: number, part: Partial<Trouble>): MinutesFields => ({ ...fields, troubles: at(fields.troubles, index, part) });

/** Words of a list that is typed with semicolons, or one to a line. */
export function listed(text: string): string[] {
  return text
    .split(/[;\n]/)
    .map((word) => word.trim())
    .filter(Boolean);
}

export type Lack = 'title' | 'heads' | 'reason' | 'task';

/** What the bridge would refuse, so that it is said before somebody presses Save. */
export function lacksOf(fields: MinutesFields): Lack[] {
  const points = fields.attendance.points ?? [];
  const has: Record<Lack, boolean> = {
    title: fields.head.title.trim() === '',
    heads: points.some((line) => line.status === 'co-mat' && line.present < 1),
    reason: points.some((line) => line.status === 'vang-co-ly-do' && (line.reason ?? '').trim() === ''),
    task: (fields.tasks ?? []).some((task) => task.content.trim() === '' || task.lead.trim() === '' || task.due === ''),
  };
  return (Object.keys(has) as Lack[]).filter((lack) => has[lack]);
}
