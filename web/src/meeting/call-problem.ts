import { Problem, codeOf } from '../api/problem';

/** A failed call to the meeting carries the refusal as JSON beside its code. */
export function callProblem(error: unknown): Problem {
  if (typeof error !== 'object' || error === null) return new Problem('unknown');
  const message = 'message' in error && typeof error.message === 'string' ? error.message : '';
  const code = codeOf({ code: message });
  const status = 'code' in error && typeof error.code === 'number' ? error.code : 0;
  // 15xx: the call did not arrive or was not answered in time.
  if (code === 'unknown' && status >= 1_500) return new Problem('unreachable');
  return new Problem(code, status);
}
