import { get, send } from './call';
import type { components } from './schema';

/** The waiting room, from both sides of its door (SEC-09). */

export interface GuestVisit {
  readonly meeting: string;
  readonly name: string;
  readonly unit?: string;
  readonly state: 'cho' | 'cho-vao' | 'tu-choi';
  readonly token?: string;
}

export type Guest = components['schemas']['AccountGuest'];

const of = (meeting: string): string => `/api/meetings/${encodeURIComponent(meeting)}`;

export const askAsGuest = async (key: string, name: string, unit: string): Promise<GuestVisit> => send('POST', '/api/guest', { key, name, ...(unit === '' ? {} : { unit }) });
export const fetchVisit = async (): Promise<GuestVisit> => get('/api/guest');

/** The key is told once: what stands behind the # of the link that is handed out. */
export const makeGuestLink = async (meeting: string): Promise<{ readonly key: string; readonly ends: string }> => send('POST', `${of(meeting)}/guest-links`, {});
export const fetchGuests = async (meeting: string): Promise<readonly Guest[]> => (await get<{ items: readonly Guest[] }>(`${of(meeting)}/guests`)).items;

export async function decideGuest(meeting: string, guest: string, how: 'admit' | 'refuse'): Promise<void> {
  await send('POST', `${of(meeting)}/guests/${encodeURIComponent(guest)}/${how}`);
}
