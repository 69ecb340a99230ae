/**
 * All times on screens are those of Viet Nam, as on its papers (meeting/calendar): UTC+7 all year, whatever zone the
 * machine believes in. A machine without zone data, or set to another country, shows what the invitation says.
 */
const offsetMs = 7 * 3_600_000;

export const dayMs = 86_400_000;

export interface Parts {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly date: number;
  /** 0 is Monday: weeks of offices begin on Monday. */
  readonly weekday: number;
  readonly hour: number;
  readonly minute: number;
}

/** What calendar and clock on the wall say at a moment. */
export function partsOf(time: Date | number): Parts {
  const shifted = new Date(Number(time) + offsetMs);
  return {
    year: shifted.getUTCFullYear(),
    month: shifted.getUTCMonth() + 1,
    date: shifted.getUTCDate(),
    weekday: (shifted.getUTCDay() + 6) % 7,
    hour: shifted.getUTCHours(),
    minute: shifted.getUTCMinutes(),
  };
}

/** The moment at which calendar and clock say this; months and days past the end run over into the next. */
export function momentOf(year: number, month: number, date: number, hour = 0, minute = 0): Date {
  return new Date(Date.UTC(year, month - 1, date, hour, minute) - offsetMs);
}
