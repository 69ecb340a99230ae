import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Problem } from '../api/problem';
import type { Board } from '../conduct/board';
import type { Deed } from '../conduct/deed';
import { act, fetchBoard, openMeeting } from './acts';

export type Do = (deed: Deed) => void;

export interface BoardFeed {
  readonly board: Board | null;
  readonly problem: Problem | null;
  /** The line to the bridge is out: what is shown may be old. */
  readonly stale: boolean;
  readonly act: Do;
  /** Opens a meeting that is not open yet. */
  readonly open: () => void;
}

const everyMs = 1_000;

/** The meeting as a board sees it. Until the bridge pushes to boards, it is asked every second. */
export function useBoard(meeting: string): BoardFeed {
  const { t } = useTranslation();
  const client = useQueryClient();
  const key = ['board', meeting];
  const query = useQuery({ queryKey: key, queryFn: async () => fetchBoard(meeting), refetchInterval: everyMs, staleTime: 0 });
  const refused = (error: unknown) => {
    const code = error instanceof Problem ? error.code : 'unknown';
    notifications.show({ color: 'red', title: t('board.refused'), message: t(`problem.${code}`, { seconds: 30 }), autoClose: 6_000 });
  };
  const mutation = useMutation({
    mutationFn: async (deed: Deed) => act(meeting, deed),
    onError: refused,
    onSettled: async () => client.invalidateQueries({ queryKey: key }),
  });
  const opening = useMutation({
    mutationFn: async () => openMeeting(meeting),
    onError: (error) => refused(error),
    onSettled: async () => client.invalidateQueries({ queryKey: key }),
  });
  const problem = query.error instanceof Problem ? query.error : null;
  return { board: query.data ?? null, problem, stale: query.failureCount > 2, act: (deed) => mutation.mutate(deed), open: () => opening.mutate() };
}
