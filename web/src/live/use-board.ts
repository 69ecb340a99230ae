import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem, type ProblemCode } from '../api/problem';
import { useStore } from '../app/use-store';
import type { Board } from '../conduct/board';
import type { Deed } from '../conduct/deed';
import { act, fetchBoard, openMeeting } from './acts';
import { BoardLine } from './board-line';
import { Repeats } from './repeat';

/** Hears what became of an act, once what it changed is shown: null when it is done. */
export type After = (fault: ProblemCode | null) => void;

/** Does something in the meeting. A refusal is told to the person here; `after` is for what is drawn by the outcome. */
export type Do = (deed: Deed, after?: After) => void;

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
const lookEveryMs = 500;

/** Tells what was refused, once for every reason: a row of acts on a line that is out is one trouble. */
export function useRefused(): (error: unknown) => ProblemCode {
  const { t } = useTranslation();
  return (error) => {
    const code = error instanceof Problem ? error.code : 'unknown';
    notifications.show({ id: `refused-${code}`, color: 'red', title: t('board.refused'), message: t(`problem.${code}`, { seconds: 30 }), autoClose: 6_000 });
    return code;
  };
}

/** The meeting as a board sees it. Until the bridge pushes to boards, it is asked every second. */
export function useBoard(meeting: string, onLocked: () => void): BoardFeed {
  const client = useQueryClient();
  const [line] = useState(() => new BoardLine());
  const [repeats] = useState(() => new Repeats());
  const boardKey = ['board', meeting];
  // No tries of its own: it is asked again in a second anyway.
  const query = useQuery({ queryKey: boardKey, queryFn: async () => line.ask(async () => fetchBoard(meeting)), refetchInterval: everyMs, staleTime: 0, retry: false });
  useEffect(() => {
    const timer = setInterval(line.look, lookEveryMs);
    return () => clearInterval(timer);
  }, [line]);
  const { stale, problem } = useStore(line.state);
  const refused = useRefused();
  const perform = async (deed: Deed, after?: After) => {
    let fault: ProblemCode | null = null;
    const key = repeats.key(deed);
    try {
      await act(meeting, deed, key);
    } catch (error) {
      fault = refused(error);
    }
    repeats.answered(deed, key, fault === 'unreachable');
    const told = client.invalidateQueries({ queryKey: boardKey });
    if (fault === 'account_board_locked') onLocked();
    if (fault === null) await told;
    after?.(fault);
  };
  const opening = useMutation({
    mutationFn: async () => openMeeting(meeting),
    onError: (error) => void refused(error),
    onSettled: async () => client.invalidateQueries({ queryKey: boardKey }),
  });
  return { board: query.data ?? null, problem, stale, act: (deed, after) => void perform(deed, after), open: () => opening.mutate() };
}
