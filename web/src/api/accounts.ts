import { get, send } from './call';
import { fetchPoints } from './meetings';
import type { components } from './schema';

/** An account as administrators see it, and a paired machine. */
export type AccountView = components['schemas']['DoorAccountView'];
export type MadeAccount = components['schemas']['DoorMadeAccount'];
export type AccountFields = components['schemas']['DoorAccountFields'];
export type Machine = components['schemas']['AccountMachine'];

/** What one can hold in a unit, in the order of the screens. */
export const rights = ['chu-tri', 'thu-ky', 'ky-thuat-vien', 'dai-bieu', 'luu-tru', 'quan-tri'] as const;
export type Right = (typeof rights)[number];

export interface Place {
  readonly id: string;
  readonly name: string;
}

const of = (person: string) => `/api/accounts/${encodeURIComponent(person)}`;

export const fetchAccounts = async (): Promise<readonly AccountView[]> => (await get<{ items: AccountView[] }>('/api/accounts')).items;
export const makeAccount = async (user: string, fields: AccountFields): Promise<MadeAccount> => send('POST', '/api/accounts', { user, ...fields });
export const changeAccount = async (person: string, fields: AccountFields): Promise<AccountView> => send('PATCH', of(person), fields);
export const resetPassword = async (person: string): Promise<MadeAccount> => send('POST', `${of(person)}/password`);
export const dropFactor = async (person: string): Promise<unknown> => send('DELETE', `${of(person)}/totp`);
export const freeProvider = async (person: string): Promise<unknown> => send('DELETE', `${of(person)}/openid`);
export const disableAccount = async (person: string): Promise<unknown> => send('DELETE', of(person));
export const enableAccount = async (person: string): Promise<unknown> => send('POST', `${of(person)}/enable`);
export const endAllSessions = async (person: string): Promise<unknown> => send('DELETE', `${of(person)}/sessions`);

export const fetchMachines = async (): Promise<readonly Machine[]> => (await get<{ items: Machine[] }>('/api/machines')).items;
export const revokeMachine = async (machine: string): Promise<unknown> => send('DELETE', `/api/machines/${encodeURIComponent(machine)}`);
export const pairMachine = async (point: string, name: string): Promise<{ code: string; ends: string }> => send('POST', '/api/pairings', { point, ...(name === '' ? {} : { name }) });

/** Units of the directory and the points of today, which are units by their own ids. */
export async function fetchPlaces(on: string): Promise<readonly Place[]> {
  const [units, points] = await Promise.all([get<{ items: { id: string; name: string; closed?: boolean }[] }>('/api/units'), fetchPoints(on)]);
  const all = [...units.items.filter((unit) => unit.closed !== true), ...points];
  return all.filter((place, at) => all.findIndex((other) => other.id === place.id) === at).map(({ id, name }) => ({ id, name }));
}
