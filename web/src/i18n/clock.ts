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
