import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { fetchMeeting } from '../api/meetings';
import type { Plan } from '../conduct/board';

/**
 * The plan of the meeting that is shown; null while it is not known or may not be read here. A room is in its meeting
 * for hours: what it read under an older announcement than the one that the meeting follows is read anew.
 */
export function usePlan(meeting: string | null, announced = 0): Plan | null {
  const client = useQueryClient();
  const query = useQuery({
    queryKey: ['meeting', meeting],
    queryFn: async () => fetchMeeting(meeting ?? ''),
    enabled: meeting !== null,
    retry: false,
    staleTime: 60_000,
  });
  const wanted = isOld(query.data?.version, announced) ? announced : 0;
  useEffect(() => {
    if (wanted > 0) void client.invalidateQueries({ queryKey: ['meeting', meeting], exact: true });
  }, [client, meeting, wanted]);
  return query.data?.plan ?? null;
}

/** Nothing that was not read is old: it is being asked for, or may not be read. */
export const isOld = (version: number | undefined, announced: number): boolean => version !== undefined && version < announced;
