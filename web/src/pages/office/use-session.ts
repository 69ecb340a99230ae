import { useQuery } from '@tanstack/react-query';
import { fetchSession } from '../../api/session';

/** A machine that starts before its bridge must find out by itself who it is. */
const againMs = 5_000;

export function useSession() {
  return useQuery({ queryKey: ['session'], queryFn: fetchSession, staleTime: 60_000, refetchInterval: (query) => (query.state.status === 'error' ? againMs : false) });
}
