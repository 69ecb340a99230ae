import { useQuery } from '@tanstack/react-query';
import { fetchMeeting } from '../api/meetings';
import type { Plan } from '../conduct/board';

/** The plan of the meeting that is shown; null while it is not known or may not be read here. */
export function usePlan(meeting: string | null): Plan | null {
  const query = useQuery({
    queryKey: ['meeting', meeting],
    queryFn: async () => fetchMeeting(meeting ?? ''),
    enabled: meeting !== null,
    retry: false,
    staleTime: 60_000,
  });
  return query.data?.plan ?? null;
}
