function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** dd/MM/yyyy, as Vietnamese documents write it, in either language. */
export function dateText(time: Date): string {
  return `${two(time.getDate())}/${two(time.getMonth() + 1)}/${time.getFullYear()}`;
}

/** 24 hours. */
export function timeText(time: Date): string {
  return `${two(time.getHours())}:${two(time.getMinutes())}`;
}

/** "2026-12-03" as 03/12/2026. */
export function dayText(day: string): string {
  const [year, month, date] = day.split('-');
  return year && month && date ? `${date}/${month}/${year}` : day;
}

/** The local day as the API writes days. */
export function dayOf(time: Date): string {
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
}

/** "3/12/2026" and "03.12.2026" as 2026-12-03; null for what is no day. */
export function dayOfText(text: string): string | null {
  const [, date = '', month = '', year = ''] = /^\s*(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\s*$/.exec(text) ?? [];
  const day = new Date(Number(year), Number(month) - 1, Number(date));
  return year !== '' && day.getDate() === Number(date) && day.getMonth() === Number(month) - 1 ? dayOf(day) : null;
}
