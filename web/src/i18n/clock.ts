import { momentOf, partsOf } from './zone';

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** dd/MM/yyyy, as Vietnamese documents write it, in either language. */
export function dateText(time: Date | number): string {
  const { date, month, year } = partsOf(time);
  return `${two(date)}/${two(month)}/${year}`;
}

/** 24 hours. */
export function timeText(time: Date | number): string {
  const { hour, minute } = partsOf(time);
  return `${two(hour)}:${two(minute)}`;
}

/** "2026-12-03" as 03/12/2026. */
export function dayText(day: string): string {
  const [year, month, date] = day.split('-');
  return year && month && date ? `${date}/${month}/${year}` : day;
}

/** The day as the API writes days. */
export function dayOf(time: Date | number): string {
  const { date, month, year } = partsOf(time);
  return `${year}-${two(month)}-${two(date)}`;
}

/** "3/12/2026" and "03.12.2026" as 2026-12-03; null for what is no day. */
export function dayOfText(text: string): string | null {
  const [, date = '', month = '', year = ''] = /^\s*(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\s*$/.exec(text) ?? [];
  if (year === '') return null;
  const day = momentOf(Number(year), Number(month), Number(date));
  const parts = partsOf(day);
  return parts.date === Number(date) && parts.month === Number(month) ? dayOf(day) : null;
}
