import { get, send } from './call';
import { Problem } from './problem';

/** How far somebody has come: what still stands between the password and being signed in. */
export type Stage = 'in' | 'second-factor' | 'new-password' | 'enrol';

/** Who is signed in, and at which machine. A paired machine with nobody signed in has a point and no person. */
export interface Session {
  readonly stage: Stage;
  readonly person?: string;
  readonly name?: string;
  readonly position?: string;
  readonly unit?: string;
  readonly rights: readonly string[];
  readonly device?: string;
  readonly point?: string;
  /** How he signed in; nothing is by password. */
  readonly way?: 'openid' | 'passkey';
  /** When he proved last that it is he. */
  readonly proved?: string;
  /** Seconds without his doing after which his boards lock. */
  readonly lockAfter?: number;
}

/** Null when nobody is signed in, also by a bridge that has no accounts. */
export async function fetchSession(): Promise<Session | null> {
  try {
    const session = await get<Session>('/api/session');
    const known = session.stage === 'in' && ((session.person ?? '') !== '' || (session.point ?? '') !== '');
    return known ? session : null;
  } catch (error) {
    if (error instanceof Problem && (error.status === 401 || error.status === 404)) return null;
    throw error;
  }
}

export interface SignIn {
  readonly user: string;
  readonly password: string;
}

export const signIn = async (request: SignIn): Promise<Session> => send('POST', '/api/session', request);
/** Makes this machine the machine of a point, by a code that was made for it (SEC-04). */
export const pairHere = async (code: string): Promise<Session> => send('POST', '/api/machine', { code });
export const giveCode = async (code: string): Promise<Session> => send('POST', '/api/session/second-factor', { code });
export const changePassword = async (old: string, fresh: string): Promise<Session> => send('POST', '/api/session/password', { old, new: fresh });
export const beginFactor = async (): Promise<{ secret: string }> => send('POST', '/api/session/totp', {});
export const confirmFactor = async (code: string): Promise<unknown> => send('POST', '/api/session/totp/confirm', { code });

/** The person who is signed in proves again that it is he. Throws a Problem when it is not. */
export const proveSelf = async (password: string): Promise<unknown> => send('POST', '/api/session/proof', { password });

/** The boards of this session lock: acts wait for the password, the meeting goes on (SEC-05). */
export const lockBoard = async (): Promise<unknown> => send('POST', '/api/session/lock');
/** Somebody is at the board. Throws a Problem when it is locked already. */
export const keepBoard = async (): Promise<unknown> => send('POST', '/api/session/active');

/** Gives an address to go to when he is to sign out at the provider too. */
export async function signOut(): Promise<string> {
  const left = await send<{ leave?: string } | undefined>('DELETE', '/api/session');
  return left?.leave ?? '';
}

/** How one can sign in besides by password. */
export interface Ways {
  /** What the button to the provider of the house says. */
  readonly openid?: string;
  readonly passkeys: boolean;
}

export const fetchWays = async (): Promise<Ways> => get('/api/session/ways');

/** One sign-in of mine. */
export interface SignedIn {
  readonly id: string;
  readonly created: string;
  readonly seen: string;
  readonly address?: string;
  readonly browser?: string;
  readonly this: boolean;
}

export const fetchSessions = async (): Promise<readonly SignedIn[]> => (await get<{ items: SignedIn[] }>('/api/sessions')).items;
export const endSession = async (id: string): Promise<unknown> => send('DELETE', `/api/sessions/${encodeURIComponent(id)}`);
export const endOtherSessions = async (): Promise<unknown> => send('DELETE', '/api/sessions');
