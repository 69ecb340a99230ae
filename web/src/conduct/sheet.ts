/** The check sheet of a point (SCH-06), by the rules of meeting/rehearsal. */

export type CheckMark = '' | 'dat' | 'khong-dat';
export const sheetLines = ['picture', 'mic', 'speaker', 'content', 'line'] as const;
export type Checks = Readonly<Record<(typeof sheetLines)[number], CheckMark>>;

export const emptySheet: Checks = { picture: '', mic: '', speaker: '', content: '', line: '' };

/** Passed when all lines pass, failed when one fails, nothing while one is not checked. */
export function verdictOf(checks: Checks): CheckMark {
  const marks = new Set(sheetLines.map((line) => checks[line]));
  if (marks.has('khong-dat')) return 'khong-dat';
  return marks.has('') ? '' : 'dat';
}

/** What a sheet lacks before it can be kept. */
export function sheetFault(checks: Checks, note: string): 'empty' | 'note' | null {
  if (sheetLines.every((line) => checks[line] === '')) return 'empty';
  return verdictOf(checks) === 'khong-dat' && note.trim() === '' ? 'note' : null;
}
