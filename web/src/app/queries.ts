import { QueryClient } from '@tanstack/react-query';
import { Problem } from '../api/problem';

/** A refusal is an answer: only what did not arrive is asked again. */
function again(count: number, error: Error): boolean {
  return error instanceof Problem && error.code === 'unreachable' && count < 3;
}

export const queries = new QueryClient({
  defaultOptions: { queries: { retry: again, staleTime: 15_000, refetchOnWindowFocus: true }, mutations: { retry: false } },
});
