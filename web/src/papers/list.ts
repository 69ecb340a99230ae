import type { Paper } from '../api/meetings';

/** Papers as a reader has them: no DOM, no React. */

export const isDrawable = (paper: Pick<Paper, 'name'>): boolean => paper.name.toLowerCase().endsWith('.pdf');

/** Whether it may be read now. The bridge decides; this closes what is open without waiting to be refused (SCH-04). */
export function readable(paper: Paper | undefined, now: number): boolean {
  if (!paper || paper.recalled) return false;
  return !(paper.from && now < Date.parse(paper.from)) && !(paper.until && now >= Date.parse(paper.until));
}

/** The page that a key turns to; null for a key that turns none. */
export function turned(key: string, page: number, pages: number): number | null {
  const to: Readonly<Record<string, number>> = { PageDown: page + 1, ArrowRight: page + 1, PageUp: page - 1, ArrowLeft: page - 1, Home: 1, End: pages };
  const next = to[key];
  return next === undefined ? null : Math.min(Math.max(1, next), Math.max(1, pages));
}
