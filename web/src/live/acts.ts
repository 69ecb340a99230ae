import { get, send } from '../api/call';
import type { Board } from '../conduct/board';
import type { Deed } from '../conduct/deed';
import type { Checks } from '../conduct/sheet';
import { boardOf } from './wire';

const of = (meeting: string): string => `/api/meetings/${encodeURIComponent(meeting)}`;

/** A new one for every act: a repeated request is then done once. */
export function newKey(): string {
  // Not randomUUID: pages on plain HTTP do not have it.
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Does something in a meeting; throws a Problem when the rules refuse it. */
export async function act(meeting: string, deed: Deed, key = newKey()): Promise<void> {
  await send('POST', `${of(meeting)}/acts`, { do: deed.do, with: deed.with }, { 'Idempotency-Key': key });
}

/** Opens a meeting before its first point comes. */
export async function openMeeting(meeting: string): Promise<void> {
  await send('POST', `${of(meeting)}/open`);
}

export async function fetchBoard(meeting: string): Promise<Board> {
  return boardOf(await get<unknown>(`${of(meeting)}/state`));
}

export interface NewSheet {
  readonly point: string;
  readonly checks: Checks;
  readonly note: string;
}

/** The sheet of a point that was kept last; null before there is one. */
export async function lastSheet(meeting: string, point: string): Promise<NewSheet | null> {
  const { items } = await get<{ items: readonly NewSheet[] }>(`${of(meeting)}/sheets`);
  let last: NewSheet | null = null;
  for (const sheet of items) if (sheet.point === point) last = sheet;
  return last;
}

/** Keeps a check sheet; who filled it in and when is the bridge's to say. */
export async function saveSheet(meeting: string, sheet: NewSheet): Promise<void> {
  await send('POST', `${of(meeting)}/sheets`, sheet);
}
