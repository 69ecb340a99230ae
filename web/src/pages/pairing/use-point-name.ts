import { useQuery } from '@tanstack/react-query';
import { fetchPoints } from '../../api/meetings';
import { bridgeClock } from '../../conduct/clock';
import { dayOf } from '../../i18n/clock';

/** What the map calls a point; its id while that is not known. */
export function usePointName(point: string): string {
  const points = useQuery({ queryKey: ['points', 'here'], queryFn: async () => fetchPoints(dayOf(new Date(bridgeClock.now()))), enabled: point !== '', staleTime: 600_000, retry: false });
  return points.data?.find((each) => each.id === point)?.name ?? point;
}
