import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { fetchRunning } from '../archive/desk';

const lookMs = 15_000;

/** The way to what was recorded so far of a meeting that goes on. It opens beside the board, which stays. */
export function WatchAgain({ meeting }: { readonly meeting: string }) {
  const { t } = useTranslation();
  const running = useQuery({ queryKey: ['running-recording', meeting], queryFn: async () => fetchRunning(meeting), refetchInterval: (query) => (query.state.data ? false : lookMs), retry: false });
  if (!running.data) return null;
  return (
    <Button variant="default" component="a" href={`/kho/${encodeURIComponent(running.data.id)}`} target="_blank" rel="noopener" data-testid="watch-again">
      {t('player.watchAgain')}
    </Button>
  );
}
