import { useQueries } from '@tanstack/react-query';
import { Problem } from '../api/problem';
import { isRunning } from '../office/machine';
import { fetchBoard } from './acts';
import { isRefusal } from './board-line';

const everyMs = 60_000;

export interface Running {
  readonly meetings: ReadonlySet<string>;
  /** The bridge has answered for all that were asked. */
  readonly told: boolean;
}

/** A refusal is an answer: a meeting that was never opened is not running. */
async function isOn(meeting: string): Promise<boolean> {
  try {
    return isRunning((await fetchBoard(meeting)).live.phase);
  } catch (error) {
    if (error instanceof Problem && isRefusal(error)) return false;
    throw error;
  }
}

/** Which of these meetings run on, asked of the bridge: their plans do not tell. One that has ended is not asked again. */
export function useRunning(meetings: readonly string[]): Running {
  return useQueries({
    queries: meetings.map((meeting) => ({
      queryKey: ['running', meeting],
      queryFn: async () => isOn(meeting),
      staleTime: 0,
      refetchInterval: ({ state }: { state: { data: boolean | undefined } }) => state.data !== false && everyMs,
      refetchIntervalInBackground: true,
    })),
    combine: (answers) => ({
      meetings: new Set(meetings.filter((_, index) => answers[index]?.data === true)),
      told: answers.every((answer) => answer.data !== undefined),
    }),
  });
}
