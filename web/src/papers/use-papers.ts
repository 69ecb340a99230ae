import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { fetchPapers, paperPath, type Paper } from '../api/meetings';
import { Problem, type ProblemCode } from '../api/problem';
import { useNow } from '../app/use-now';
import { PaperBook } from './paper-book';
import { readable } from './list';

/** While a paper is open the list is asked for often enough that a recall closes it within 5 s (SCH-04). */
const watchMs = 2_500;

export interface PaperShelf {
  readonly papers: readonly Paper[];
  readonly loading: boolean;
  readonly problem: ProblemCode | null;
}

export function usePapers(meeting: string, wanted: boolean, reading: boolean): PaperShelf {
  const query = useQuery({
    queryKey: ['papers', meeting, 'read'],
    queryFn: async () => fetchPapers(meeting),
    enabled: wanted,
    refetchInterval: reading ? watchMs : 30_000,
    refetchIntervalInBackground: true,
    staleTime: 0,
    retry: false,
  });
  return { papers: query.data ?? [], loading: query.isPending, problem: query.error instanceof Problem ? query.error.code : null };
}

/** Opens a paper for as long as it may be read; null when it may not. */
export function usePaperBook(meeting: string, paper: string, shelf: PaperShelf): PaperBook | null {
  const now = useNow(1_000);
  const allowed = !shelf.loading && readable(shelf.papers.find((each) => each.id === paper), now);
  const path = allowed ? paperPath(meeting, paper) : null;
  const book = useMemo(() => (path === null ? null : new PaperBook(path)), [path]);
  useEffect(() => {
    void book?.open();
    return () => book?.close();
  }, [book]);
  return book;
}
