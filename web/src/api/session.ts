import { get, send } from './call';
import { Problem } from './problem';

/** Who is signed in at this machine. */
export interface Session {
  readonly person: string;
  readonly name: string;
  readonly position?: string;
  readonly unit?: string;
  readonly rights: readonly string[];
  readonly point?: string;
}

/** Null when nobody is signed in, also by a bridge that has no accounts. */
export async function fetchSession(): Promise<Session | null> {
  try {
    return await get<Session>('/api/session');
  } catch (error) {
    if (error instanceof Problem && (error.status === 401 || error.status === 404)) return null;
    throw error;
  }
}

export interface SignIn {
  readonly user: string;
  readonly password: string;
  readonly code?: string;
}

/** Throws a Problem when it is refused; 'code' asks for the second factor. */
export async function signIn(request: SignIn): Promise<'in' | 'code'> {
  const answer = await send<{ stage?: string } | undefined>('POST', '/api/session', request);
  return answer?.stage === 'code' ? 'code' : 'in';
}

export async function signOut(): Promise<void> {
  await send('DELETE', '/api/session');
}
