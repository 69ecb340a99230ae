import { Button, Select, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../../api/problem';
import { askExport, cancelExport, exportAddress, fetchExports, type Detail, type Export, type ExportLayout } from '../../archive/desk';
import { timeCode, timeOf } from '../../archive/lanes';
import type { Cut } from '../../archive/player';
import { figureText } from '../../i18n/figure';
import classes from './Player.module.css';

const layouts: readonly ExportLayout[] = ['speaker', 'fast', 'grid', 'sound'];
const whys = ['space', 'key', 'command', 'gone', 'copy'] as const;
const watchMs = 2_000;

const busy = (items: readonly Export[]): boolean => items.some((each) => each.state === 'waiting' || each.state === 'running');

/** Files for people: asked for, watched while they are made, taken away. */
export function ExportPanel({ detail, cut }: { readonly detail: Detail; readonly cut: Cut | null }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const key = ['exports', detail.id];
  const [layout, setLayout] = useState<ExportLayout>('speaker');
  const whole = { from: cut?.from ?? 0, to: cut?.to ?? detail.length };
  const [from, setFrom] = useState(timeCode(whole.from));
  const [to, setTo] = useState(timeCode(whole.to));
  const exports = useQuery({ queryKey: key, queryFn: async () => fetchExports(detail.id), refetchInterval: (query) => (busy(query.state.data?.items ?? []) ? watchMs : false) });
  const failed = (error: unknown) => notifications.show({ color: 'red', message: t(`problem.${error instanceof Problem ? error.code : 'unknown'}`, { seconds: 30 }) });
  const again = async () => client.invalidateQueries({ queryKey: key });
  // What was not typed keeps its milliseconds: whole seconds would leave out the last words.
  const span = { from: from === timeCode(whole.from) ? whole.from : timeOf(from), to: to === timeCode(whole.to) ? whole.to : timeOf(to) };
  const ask = useMutation({ mutationFn: async () => askExport(detail.id, { layout, from: span.from ?? 0, to: Math.min(span.to ?? 0, detail.length) }), onError: failed, onSettled: again });
  const stop = useMutation({ mutationFn: async (id: string) => cancelExport(detail.id, id), onError: failed, onSettled: again });
  const names: Readonly<Record<ExportLayout, string>> = { speaker: t('player.exportSpeaker'), fast: t('player.exportFast'), grid: t('player.exportGrid'), sound: t('player.exportSound'), words: t('player.words') };
  if (exports.data?.off) return <p className={classes.soft}>{t('player.exportOff')}</p>;
  const shown = (exports.data?.items ?? []).filter((each) => each.state !== 'cancelled' && each.layout !== 'words');
  return (
    <details className={classes.fold} open={cut !== null}>
      <summary>{t('player.export')}</summary>
      <div className={classes.exportForm}>
        <Select size="sm" aria-label={t('player.layout')} allowDeselect={false} data={layouts.map((each) => ({ value: each, label: names[each] }))} value={layout} onChange={(value) => setLayout(layouts.find((each) => each === value) ?? 'speaker')} />
        <TextInput size="sm" label={t('player.exportFrom')} value={from} error={span.from === null} onChange={(event) => setFrom(event.currentTarget.value)} />
        <TextInput size="sm" label={t('player.exportTo')} value={to} error={span.to === null} onChange={(event) => setTo(event.currentTarget.value)} />
        <Button size="sm" disabled={span.from === null || span.to === null || ask.isPending} onClick={() => ask.mutate()}>
          {t('player.export')}
        </Button>
      </div>
      {(exports.data?.keep ?? 0) > 0 && <p className={classes.soft}>{t('player.exportKept', { count: exports.data?.keep ?? 0 })}</p>}
      {shown.length === 0 ? (
        <p className={classes.soft}>{t('player.exportNone')}</p>
      ) : (
        <ul className={classes.plain} aria-label={t('player.exports')}>
          {shown.map((each) => (
            <li key={each.id} data-testid="export" data-state={each.state}>
              {names[each.layout]} {timeCode(each.from)}–{timeCode(each.to)}:{' '}
              {each.state === 'done' ? (
                <a href={exportAddress(detail.id, each.id)} download>
                  {t('player.download')} ({figureText((each.bytes ?? 0) / 1e6, 1)} MB)
                </a>
              ) : (
                <span className={each.state === 'failed' ? classes.failed : classes.soft}>
                  {t(`player.job.${each.state}`, { percent: each.percent })}
                  {each.state === 'failed' && `: ${t(`player.why.${whys.find((why) => why === each.why) ?? 'command'}`)}`}
                </span>
              )}{' '}
              {each.state === 'done' && each.clear && <span className={classes.soft}>{t('player.exportClear')} </span>}
              {each.mine && (
                <Button size="compact-sm" variant="default" disabled={stop.isPending} onClick={() => stop.mutate(each.id)}>
                  {each.state === 'done' || each.state === 'failed' ? t('player.exportRemove') : t('player.cancel')}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </details>
  );
}
