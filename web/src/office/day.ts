
/** Days of the calendar, as local dates: no zone moves a meeting to another day of the page. */

export function addDays(day: Date, count: number): Date {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + count);
}

/** Monday of the day's week: weeks of offices begin on Monday. */
export function weekStart(day: Date): Date {
  return addDays(day, -((day.getDay() + 6) % 7));
}

export function weekDays(day: Date): Date[] {
  const start = weekStart(day);
  return Array.from({ length: 7 }, (_, index) => addDays(start, index));
}

/** The weeks that a month touches: 4 to 6 rows of seven days. */
export function monthDays(day: Date): Date[] {
  const first = weekStart(new Date(day.getFullYear(), day.getMonth(), 1));
  const last = new Date(day.getFullYear(), day.getMonth() + 1, 0);
  const days: Date[] = [];
  for (let each = first; each <= last || days.length % 7 !== 0; each = addDays(each, 1)) days.push(each);
  return days;
}

/** The same hour on another day. */
export function onDay(time: string, day: string): string {
  const old = new Date(time);
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date, old.getHours(), old.getMinutes()).toISOString();
}

/** "2026-12-03" and "13:30" at this machine's zone. */
export function timeAt(day: string, time: string): string | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || !/^\d\d:\d\d$/.test(time)) return undefined;
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return new Date(year, month - 1, date, hour, minute).toISOString();
}
