/** Error answers of the bridge (RFC 9457) with their stable code. */

export const problemCodes = [
  'unknown_room',
  'wrong_credentials',
  'point_required',
  'too_many_attempts',
  'invalid_request',
  'room_full',
  'no_demo',
  'internal',
  'unreachable',
  'unknown',
] as const;

export type ProblemCode = (typeof problemCodes)[number];

export class Problem extends Error {
  constructor(
    readonly code: ProblemCode,
    readonly status = 0,
    /** Seconds to wait before another try, when the bridge says so. */
    readonly retryAfter: number | null = null,
  ) {
    super(code);
    this.name = 'Problem';
  }
}

/** Codes of a newer bridge than this page are shown as an unknown error, never as raw text. */
export function codeOf(value: unknown): ProblemCode {
  const code = typeof value === 'object' && value !== null && 'code' in value ? value.code : undefined;
  return problemCodes.find((known) => known === code) ?? 'unknown';
}

export async function problemOf(response: Response): Promise<Problem> {
  let body: unknown = null;
  try {
    body = await response.json();
  } catch {
    // A proxy in between may answer with something that is no JSON.
  }
  const seconds = Number(response.headers.get('Retry-After') ?? Number.NaN);
  const code = codeOf(body);
  const gone = code === 'unknown' && response.status >= 502;
  return new Problem(gone ? 'unreachable' : code, response.status, Number.isFinite(seconds) ? seconds : null);
}
