import { QueryClient } from '@tanstack/react-query';
import { Problem } from '../api/problem';

/** A refusal is an answer: only what did not arrive is asked again. */
function again(count: number, error: Error): boolean {
  return error instanceof Problem && error.code === 'unreachable' && count < 3;
}

/**
 * What the browser holds of the line is not asked: it knows a cable that is pulled, and neither a bridge that is silent
 * nor one on this machine. By it, acts would be kept back and done minutes later, when nobody wants them any more.
 */
const networkMode = 'always';

export const queries = new QueryClient({
  defaultOptions: { queries: { retry: again, staleTime: 15_000, refetchOnWindowFocus: true, networkMode }, mutations: { retry: false, networkMode } },
});
