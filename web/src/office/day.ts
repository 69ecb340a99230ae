import { dayMs, momentOf, partsOf } from '../i18n/zone';

/** Days of the calendar, as the moments at which they begin in Viet Nam: no zone of a machine moves a meeting to another day. */

export function addDays(day: Date, count: number): Date {
  const { year, month, date } = partsOf(day);
  return momentOf(year, month, date + count);
}

/** Monday of the day's week. */
export function weekStart(day: Date): Date {
  return addDays(day, -partsOf(day).weekday);
}

export function weekDays(day: Date): Date[] {
  const start = weekStart(day);
  return Array.from({ length: 7 }, (_, index) => addDays(start, index));
}

/** The first of a month that lies so many months on. */
export function addMonths(day: Date, count: number): Date {
  const { year, month } = partsOf(day);
  return momentOf(year, month + count, 1);
}

/** The weeks that a month touches: 4 to 6 rows of seven days. */
export function monthDays(day: Date): Date[] {
  const first = weekStart(addMonths(day, 0));
  const end = Number(addMonths(day, 1));
  const days: Date[] = [];
  for (let each = first; Number(each) < end || days.length % 7 !== 0; each = addDays(each, 1)) days.push(each);
  return days;
}

/** The same hour on another day. */
export function onDay(time: string, day: string): string {
  const { hour, minute } = partsOf(Date.parse(time));
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return momentOf(year, month, date, hour, minute).toISOString();
}

/** "2026-12-03" and "13:30" in Viet Nam. */
export function timeAt(day: string, time: string): string | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || !/^\d\d:\d\d$/.test(time)) return undefined;
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return momentOf(year, month, date, hour, minute).toISOString();
}

/** The day after so many more, from "2026-12-03" to the moment at which it begins. */
export function beginOf(day: string, later = 0): string | undefined {
  const begins = timeAt(day, '00:00');
  return begins === undefined ? undefined : new Date(Date.parse(begins) + later * dayMs).toISOString();
}
