import { Problem, problemOf } from './problem';

const answerWithinMs = 10_000;

/** Tells how far this machine's clock is from the bridge's: every answer carries the bridge's time. */
type ClockWatch = (bridgeTime: string, asked: number, answered: number) => void;
let watchClock: ClockWatch = () => undefined;

export function onBridgeTime(watch: ClockWatch): void {
  watchClock = watch;
}

/** Tells the version of the pages that the bridge serves now. */
let watchVersion: (version: string | null) => void = () => undefined;

export function onPagesVersion(watch: (version: string | null) => void): void {
  watchVersion = watch;
}

interface CallInit extends Omit<RequestInit, 'headers'> {
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request to the bridge. Throws a Problem when it is refused or does not arrive. */
export async function call(path: string, init: CallInit = {}, within = answerWithinMs): Promise<Response> {
  let response: Response;
  const asked = Date.now();
  try {
    response = await fetch(path, { ...init, headers: { 'Accept-Language': document.documentElement.lang || 'vi', ...init.headers }, cache: 'no-store', signal: AbortSignal.timeout(within) });
  } catch {
    throw new Problem('unreachable');
  }
  const date = response.headers.get('Date');
  if (date) watchClock(date, asked, Date.now());
  watchVersion(response.headers.get('Diemcau-Pages'));
  if (!response.ok) throw await problemOf(response);
  return response;
}

export async function get<T>(path: string): Promise<T> {
  const response = await call(path);
  // An older bridge answers what it does not know with the application's page.
  if (!(response.headers.get('Content-Type') ?? '').includes('json')) throw new Problem('not_found', 404);
  return (await response.json()) as T;
}

/** Sends JSON; an answer without a body is undefined. */
export async function send<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
  const response = await call(path, {
    method,
    headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return (text === '' ? undefined : JSON.parse(text)) as T;
}
