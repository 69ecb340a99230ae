import { get, send } from '../api/call';
import type { components } from '../api/schema';

/** How long recordings are kept and how they fare: the archivist's part of the API (ARC-04 to ARC-07, ARC-09). */

type Schemas = components['schemas'];
export type Kept = Schemas['Kept'];
export type Class = Schemas['Class'];
export type Disposal = Schemas['Disposal'];

const row = (id: string): string => `/api/keeping/${encodeURIComponent(id)}`;
const list = (id: string): string => `/api/disposals/${encodeURIComponent(id)}`;

export const fetchKept = async (): Promise<readonly Kept[]> => get('/api/keeping');
export const checkNow = async (id: string): Promise<Kept> => send('POST', `${row(id)}/check`);
/** No class is that of the meeting. */
export const giveClass = async (id: string, name: string, why: string): Promise<Kept> => send('PUT', `${row(id)}/period`, { class: name, why });
export const holdBack = async (id: string, reason: string): Promise<Kept> => send('POST', `${row(id)}/holds`, { reason });
export const liftHold = async (id: string, hold: number, reason: string): Promise<Kept> => send('POST', `${row(id)}/holds/${hold}/lift`, { reason });
export const noteHandOver = async (id: string, to: string, record: string): Promise<Kept> => send('POST', `${row(id)}/hand-over`, { to, ...(record === '' ? {} : { record }) });

export const fetchClasses = async (): Promise<readonly Class[]> => get('/api/retention');
export async function saveClass({ id, name, years, forever, types }: Class): Promise<readonly Class[]> {
  return send('PUT', `/api/retention/${encodeURIComponent(id)}`, { name, ...(forever ? { forever } : { years }), types: types ?? [] });
}

export const fetchDisposals = async (): Promise<readonly Disposal[]> => get('/api/disposals');
export const proposeDisposal = async (recordings: readonly string[], reason: string): Promise<Disposal> => send('POST', '/api/disposals', { recordings, reason });
export const refuseDisposal = async (id: string, reason: string): Promise<Disposal> => send('POST', `${list(id)}/refuse`, { reason });

/** Approving and erasing want whoever does it to prove himself within the same act (ARC-06). */
export async function decideDisposal(id: string, step: 'approve' | 'carry-out', proof: () => Promise<unknown>): Promise<Disposal> {
  await proof();
  return send('POST', `${list(id)}/${step}`);
}

export const paperPath = (id: string, format: 'docx' | 'pdf'): string => `${list(id)}/record.${format}`;

/** What an archivist looks for first, by what is most urgent. */
export type Filter = 'all' | 'reminded' | 'ended' | 'held' | 'damaged' | 'given';
export const filters: readonly Filter[] = ['all', 'reminded', 'ended', 'held', 'damaged', 'given'];

const is: Readonly<Record<Filter, (kept: Kept) => boolean>> = {
  all: () => true,
  reminded: ({ term }) => Boolean(term.remind) || Boolean(term.late),
  ended: (kept) => Boolean(kept.term.ended),
  held: ({ term }) => Boolean(term.held),
  damaged: (kept) => soundness(kept) === 'damaged',
  given: ({ life }) => life.handOver !== undefined,
};

/** A word is found with or without its tone marks. */
export const plain = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '').replaceAll(/[đĐ]/g, 'd').toLowerCase();

export function chosen(all: readonly Kept[], filter: Filter, inClass: string, words: string): readonly Kept[] {
  const asked = plain(words).split(/\s+/).filter(Boolean);
  return all.filter((kept) => {
    const title = plain(kept.title ?? kept.recording);
    return is[filter](kept) && (inClass === '' || kept.term.class === inClass) && asked.every((word) => title.includes(word));
  });
}

/** What the last check said: nothing yet, all is as it was recorded, or it is not. */
export function soundness({ custody }: Kept): 'unchecked' | 'sound' | 'damaged' {
  if ((custody.problems ?? []).length > 0) return 'damaged';
  if (custody.checked === undefined) return 'unchecked';
  return custody.sound ? 'sound' : 'damaged';
}

/** Copies besides the archive's own. */
export const copiesOf = ({ custody }: Kept): number => Number(custody.copied !== undefined) + Number(custody.kept !== undefined);
