import type { AgendaItem, Plan, PlanPoint } from '../conduct/board';
import type { PointRecord } from '../api/meetings';
import { onDay } from './day';

/** Changes of a plan that is being edited. Each gives a new plan. */

export const secretLevels = ['mat', 'toi-mat', 'tuyet-mat'] as const;

/** SEC-01: no meeting with state secrets, and no way around it. */
export function isSecret(secrecy: string): boolean {
  return secretLevels.some((level) => level === secrecy);
}

export type RequiredField = 'type' | 'title' | 'host' | 'chair' | 'secretary' | 'main' | 'points' | 'start' | 'end' | 'agenda' | 'secrecy' | 'technician';

/** The required fields that the plan lacks (SCH-01), as the bridge counts them: shown while typing. */
export function missingFields(plan: Plan): RequiredField[] {
  const has: Record<RequiredField, boolean> = {
    type: plan.type !== '',
    title: plan.title.trim() !== '',
    host: plan.host.trim() !== '',
    chair: (plan.people.chair?.name ?? '') !== '',
    secretary: (plan.people.secretary?.name ?? '') !== '',
    main: plan.main !== '',
    points: plan.points.some((point) => point.id !== plan.main),
    start: plan.start !== undefined,
    end: plan.end !== undefined,
    agenda: plan.agenda.length > 0,
    secrecy: plan.secrecy !== '',
    technician: (plan.people.technician?.name ?? '') !== '',
  };
  return (Object.keys(has) as RequiredField[]).filter((field) => !has[field]);
}

function fromRecord(record: PointRecord): PlanPoint {
  return {
    id: record.id,
    name: record.name,
    kind: record.kind,
    ...(record.unit ? { unit: record.unit } : {}),
    ...(record.line ? { line: record.line } : {}),
    ...(record.contact ? { leader: { name: record.contact } } : {}),
  };
}

/** Takes points in or out; the main point stays and the order is that of the map. */
export function withPoints(plan: Plan, map: readonly PointRecord[], ids: ReadonlySet<string>): Plan {
  const kept = new Map(plan.points.map((point) => [point.id, point]));
  const wanted = map.filter((record) => ids.has(record.id) || record.id === plan.main);
  const points = wanted.map((record) => kept.get(record.id) ?? fromRecord(record));
  // A point that has left the map since stays in the meetings it was in.
  const gone = plan.points.filter((point) => ids.has(point.id) && !map.some((record) => record.id === point.id));
  return { ...plan, points: [...points, ...gone] };
}

export function withMain(plan: Plan, map: readonly PointRecord[], main: string): Plan {
  return withPoints({ ...plan, main }, map, new Set([...plan.points.map((point) => point.id), main]));
}

/** A title is one line, however long it is and wherever it was copied from. */
export function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ');
}

export function withItem(plan: Plan, index: number, part: Partial<AgendaItem>): Plan {
  return { ...plan, agenda: plan.agenda.map((item, each) => (each === index ? { ...item, ...part } : item)) };
}

export function addItem(plan: Plan, title = ''): Plan {
  const used = new Set(plan.agenda.map((item) => item.id));
  let number = plan.agenda.length + 1;
  while (used.has(`muc-${number}`)) number++;
  return { ...plan, agenda: [...plan.agenda, { id: `muc-${number}`, title, minutes: 10 }] };
}

export function dropItem(plan: Plan, index: number): Plan {
  return { ...plan, agenda: plan.agenda.filter((_, each) => each !== index) };
}

export function raiseItem(plan: Plan, index: number): Plan {
  const items = [...plan.agenda];
  const [item] = items.splice(index, 1);
  if (!item || index === 0) return plan;
  items.splice(index - 1, 0, item);
  return { ...plan, agenda: items };
}

/** Starts of the items, one after the other from the start of the meeting. */
export function itemStarts(plan: Plan): (number | null)[] {
  let next = plan.start === undefined ? null : Date.parse(plan.start);
  return plan.agenda.map((item) => {
    const start = next;
    if (next !== null) next += (item.minutes ?? 0) * 60_000;
    return start;
  });
}

/** The same meeting at the same hour of another day, its items with it. */
export function movedTo(plan: Plan, day: string): Plan {
  const { start, end } = plan;
  if (!start || !end) return plan;
  const moved = onDay(start, day);
  const shift = Date.parse(moved) - Date.parse(start);
  const later = (time: string) => new Date(Date.parse(time) + shift).toISOString();
  return { ...plan, start: moved, end: later(end), agenda: plan.agenda.map((item) => (item.start ? { ...item, start: later(item.start) } : item)) };
}
