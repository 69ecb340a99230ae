import type { Problem } from '../api/problem';
import { retryDelay } from './reconnect';

/** Refused outright: asking again soon would only count as more wrong attempts. */
const refusedDelayMs = 15_000;

/** Milliseconds until the next attempt to join, after one that failed or a meeting that broke off. */
export function delayAfter(problem: Problem | null, attempt: number, elapsedMs: number): number {
  const soon = retryDelay(attempt, elapsedMs);
  if (problem?.retryAfter) return Math.max(soon, problem.retryAfter * 1_000);
  const refused = problem !== null && problem.status >= 400 && problem.status < 500;
  return refused ? Math.max(soon, refusedDelayMs) : soon;
}
