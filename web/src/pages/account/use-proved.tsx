import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../../api/problem';
import { ProveDialog } from './ProveDialog';
import { useWaysToProve } from './use-proof';

type Deed = () => Promise<void>;

interface Proved {
  readonly act: (deed: Deed) => void;
  readonly busy: boolean;
  readonly fault: string;
  /** Stands on the page: asks for the proof, and does the deed then. */
  readonly dialog: ReactNode;
}

/** Deeds of which some want a fresh proof of who does them: asked for when the bridge says so, and done then. */
export function useProved(): Proved {
  const { t } = useTranslation();
  const client = useQueryClient();
  const ways = useWaysToProve();
  const [again, setAgain] = useState<Deed | null>(null);
  const done = useMutation({
    mutationFn: async (deed: Deed) => {
      try {
        await deed();
      } catch (error) {
        if (!(error instanceof Problem) || error.code !== 'account_prove_again') throw error;
        setAgain(() => deed);
      }
    },
    onSettled: async () => client.invalidateQueries(),
  });
  const error = done.error;
  return {
    act: (deed) => done.mutate(deed),
    busy: done.isPending,
    fault: error ? t(`problem.${error instanceof Problem ? error.code : 'unknown'}`, { seconds: error instanceof Problem ? (error.retryAfter ?? 30) : 30 }) : '',
    dialog: again !== null && (
      <ProveDialog
        {...ways}
        onProved={() => {
          setAgain(null);
          done.mutate(again);
        }}
        onClose={() => setAgain(null)}
      />
    ),
  };
}
