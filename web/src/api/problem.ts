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
  'account_signed_out',
  'account_prove_again',
  'account_locked',
  'account_board_locked',
  'account_outside',
  'account_disabled',
  'account_idle',
  'account_too_many_attempts',
  'pairing_refused',
  'openid_away',
  'openid_refused',
  'openid_unknown',
  'openid_other',
  'passkey_refused',
  'passkey_other',
  'field_missing',
  'field_invalid',
  'not_found',
  'store_stale',
  'minutes_number_taken',
  'duplicate',
  'right_missing',
  'past_unchangeable',
  'reason_required',
  'state_wrong',
  'point_not_joined',
  'point_not_in_meeting',
  'point_banned',
  'machine_ended',
  'guest_refused',
  'meeting_locked',
  'meeting_full',
  'meeting_closed',
  'floor_none',
  'queue_already',
  'queue_full',
  'act_too_fast',
  'chat_off',
  'chat_too_fast',
  'chat_full',
  'paper_out_of_scope',
  'paper_outside_window',
  'paper_recalled',
  'paper_full',
  'paper_no_room',
  'vote_open',
  'vote_not_open',
  'vote_already_cast',
  'vote_not_eligible',
  'vote_not_present',
  'vote_more_than_present',
  'vote_no_quorum',
  'vote_counts_unconfirmed',
  'secrecy_restricted',
  'secrecy_state_secret',
  'papers_late',
  'recording_encrypted',
  'recording_no_space',
  'recording_failed',
  'archive_no_captions',
  'archive_no_key',
  'archive_no_bag',
  'archive_withheld',
  'archive_changed',
  'transcription_off',
  'redaction_many',
  'redaction_no_space',
  'redaction_of_version',
  'redaction_unsealed',
  'export_off',
  'export_many',
  'retention_forever',
  'retention_running',
  'retention_held',
  'disposal_same',
  'disposal_listed',
  'disposal_done',
] as const;

export type ProblemCode = (typeof problemCodes)[number];

/** Which field is wrong, and a value that helps: never a sentence. */
export interface ProblemPlace {
  readonly code: ProblemCode;
  readonly field: string;
  readonly detail: string;
  /** The bridge's own sentence in the language of the request; empty from an older bridge. */
  readonly message: string;
}

export class Problem extends Error {
  constructor(
    readonly code: ProblemCode,
    readonly status = 0,
    /** Seconds to wait before another try, when the bridge says so. */
    readonly retryAfter: number | null = null,
    readonly places: readonly ProblemPlace[] = [],
  ) {
    super(code);
    this.name = 'Problem';
  }
}

function textOf(value: unknown, key: string): string {
  if (typeof value !== 'object' || value === null || !(key in value)) return '';
  const found = (value as Record<string, unknown>)[key];
  return typeof found === 'string' ? found : '';
}

/** Codes of a newer bridge than this page are shown as an unknown error, never as raw text. */
export function codeOf(value: unknown): ProblemCode {
  const code = textOf(value, 'code').replaceAll('.', '_');
  return problemCodes.find((known) => known === code) ?? 'unknown';
}

/** The wrong fields of an answer: its own field and those it lists. */
function placesOf(body: unknown): ProblemPlace[] {
  if (typeof body !== 'object' || body === null) return [];
  const lists = ['problems', 'errors'].flatMap((key) => {
    const list = (body as Record<string, unknown>)[key];
    return Array.isArray(list) ? (list as unknown[]) : [];
  });
  return [body, ...lists]
    .map((entry) => ({ code: codeOf(entry), field: textOf(entry, 'field'), detail: textOf(entry, 'detail'), message: textOf(entry, 'message') }))
    .filter((place) => place.field !== '');
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
  return new Problem(
    gone ? 'unreachable' : code,
    response.status,
    Number.isFinite(seconds) ? seconds : null,
    placesOf(body),
  );
}
