import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { Dossier } from '../../archive/dossier';

/** The result of a vote in a few words. */
export function useResult(): (vote: Dossier['votes'][number]) => string {
  const { t } = useTranslation();
  return useCallback(
    ({ result }) => `${t(result.passed ? 'dossier.passed' : 'dossier.fell')}: ${t('dossier.counts', { for: result.for, against: result.against, abstain: result.abstain, total: result.base })}`,
    [t],
  );
}
