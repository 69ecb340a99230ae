import { useQuery } from '@tanstack/react-query';
import { fetchMeeting } from '../../api/meetings';

const all = [
  ['chu-tri', 'chu-tri', 'chair'],
  ['thu-ky', 'thu-ky', 'secretary'],
  ['ky-thuat-vien', 'ky-thuat', 'technician'],
] as const;

export interface BoardWay {
  readonly right: 'chair' | 'secretary' | 'technician';
  readonly path: string;
}

/** The boards of a meeting that somebody with these rights in it may open. */
export function boardsOf(meeting: string, rights: readonly string[]): readonly BoardWay[] {
  return all.filter(([right]) => rights.includes(right)).map(([, path, name]) => ({ right: name, path: `/hop/${encodeURIComponent(meeting)}/${path}` }));
}

/** His own boards of a meeting: by its plan and by his rights in its unit, as the bridge tells them. */
export function useBoards(meeting: string): readonly BoardWay[] {
  const view = useQuery({ queryKey: ['meeting', meeting], queryFn: async () => fetchMeeting(meeting), retry: false, staleTime: 60_000 });
  return boardsOf(meeting, view.data?.mine.rights ?? []);
}
