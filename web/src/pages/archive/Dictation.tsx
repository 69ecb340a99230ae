import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../../api/problem';
import { askExport, cancelExport, fetchExports } from '../../archive/desk';
import classes from './Player.module.css';

const watchMs = 2_000;
const whys = ['space', 'key', 'command', 'gone', 'slow', 'scribe', 'words'] as const;

/** Has what is spoken written down by the program of the house, where there is one. */
export function Dictation({ id, onDone }: { readonly id: string; readonly onDone: () => Promise<unknown> }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const key = ['exports', id];
  const jobs = useQuery({
    queryKey: key,
    queryFn: async () => fetchExports(id),
    refetchInterval: (query) => (query.state.data?.items.some((each) => each.state === 'waiting' || each.state === 'running') === true ? watchMs : false),
  });
  const failed = (error: unknown) => notifications.show({ color: 'red', message: t(`problem.${error instanceof Problem ? error.code : 'unknown'}`, { seconds: 30 }) });
  const again = async () => client.invalidateQueries({ queryKey: key });
  const ask = useMutation({ mutationFn: async () => askExport(id, { layout: 'words', from: 0, to: 0 }), onError: failed, onSettled: again });
  const stop = useMutation({ mutationFn: async (one: string) => cancelExport(id, one), onError: failed, onSettled: again });
  const latest = jobs.data?.items.find((each) => each.layout === 'words' && each.state !== 'cancelled');
  const state = latest?.state;
  useEffect(() => {
    if (state === 'done') void onDone();
    // Once, when the words are there.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [state]);
  if (jobs.data?.words !== true) return null;
  const busy = state === 'waiting' || state === 'running';
  return (
    <p style={{ margin: '8px 0' }} role="status">
      {latest && busy ? (
        <>
          {t('player.words')}: <span className={classes.soft}>{t(`player.job.${latest.state}`, { percent: latest.percent })}</span>{' '}
          {latest.mine && (
            <Button size="compact-sm" variant="default" onClick={() => stop.mutate(latest.id)}>
              {t('player.cancel')}
            </Button>
          )}
        </>
      ) : (
        <Button size="sm" variant="default" loading={ask.isPending} onClick={() => ask.mutate()} data-testid="dictate">
          {t('player.wordsAsk')}
        </Button>
      )}
      {latest?.state === 'failed' && (
        <span className={classes.soft}>
          {' '}
          {t('player.job.failed', { percent: 0 })}: {t(`player.why.${whys.find((why) => why === latest.why) ?? 'command'}`)}
        </span>
      )}
    </p>
  );
}
