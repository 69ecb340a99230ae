import { useQuery } from '@tanstack/react-query';
import { fetchSession } from '../../api/session';

export function useSession() {
  return useQuery({ queryKey: ['session'], queryFn: fetchSession, staleTime: 60_000 });
}
