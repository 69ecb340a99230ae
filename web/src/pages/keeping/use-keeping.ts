import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Problem } from '../../api/problem';
import { fetchClasses, fetchDisposals, fetchKept } from '../../archive/keeping';

export const useKept = () => useQuery({ queryKey: ['kept'], queryFn: fetchKept, refetchInterval: 15_000 });
export const useClasses = () => useQuery({ queryKey: ['retention'], queryFn: fetchClasses });
export const useDisposals = () => useQuery({ queryKey: ['disposals'], queryFn: fetchDisposals, refetchInterval: 15_000 });

/** What a refusal says to a person. */
export function useFault(): (error: unknown) => string {
  const { t } = useTranslation();
  return (error) => {
    if (error === null || error === undefined) return '';
    const problem = error instanceof Problem ? error : new Problem('unknown');
    return problem.status === 401 ? t('board.wrongPassword') : t(`problem.${problem.code}`, { seconds: problem.retryAfter ?? 30 });
  };
}

/** One act at a time; what it changes is fetched again, also after a refusal. */
export function useAct() {
  const client = useQueryClient();
  const fault = useFault();
  const act = useMutation({
    mutationFn: async (todo: () => Promise<unknown>) => todo(),
    onSettled: async () => Promise.all(['kept', 'disposals', 'retention'].map(async (key) => client.invalidateQueries({ queryKey: [key] }))),
  });
  return { run: act.mutate, busy: act.isPending, fault: fault(act.error) };
}
