import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { fetchGuests, type Guest } from '../api/guest';

const everyMs = 3_000;

/** Who waits at the meeting's door, and who was let in or refused. */
export function useGuests(meeting: string, enabled: boolean): UseQueryResult<readonly Guest[]> {
  return useQuery({ queryKey: ['guests', meeting], queryFn: async () => fetchGuests(meeting), enabled, refetchInterval: everyMs, retry: false });
}

/** How many wait for an answer. */
export function waiting(guests: readonly Pick<Guest, 'state'>[]): number {
  return guests.filter(({ state }) => state !== 'cho-vao' && state !== 'tu-choi').length;
}
