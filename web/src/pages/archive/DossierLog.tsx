import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fetchLog } from '../../archive/dossier';
import { timeText } from '../../i18n/clock';
import { viArchive } from '../../i18n/vi-archive';
import { Panel } from '../../parts/Panel';
import classes from './Dossier.module.css';
import { Placed } from './DossierPage';

const phases = ['tap-hop', 'dang-hop', 'giai-lao', 'be-mac'] as const;
type Phase = (typeof phases)[number];
type What = keyof typeof viArchive.dossier.what;
const whats = Object.keys(viArchive.dossier.what) as readonly What[];

/** The log of the meeting, read when it is asked for, a piece at a time. */
export function DossierLog({ recording, count }: { readonly recording: string; readonly count: number }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const log = useInfiniteQuery({
    queryKey: ['dossier-log', recording],
    queryFn: async ({ pageParam }) => fetchLog(recording, pageParam),
    initialPageParam: 0,
    getNextPageParam: (last) => {
      const number = last.items.at(-1)?.number;
      return number !== undefined && number < last.count ? number : null;
    },
    enabled: open,
  });
  return (
    <Panel title={t('dossier.log')} aside={t('dossier.logCount', { count })}>
      {!open && (
        <Button variant="default" onClick={() => setOpen(true)}>
          {t('dossier.logMore')}
        </Button>
      )}
      {/* A list that scrolls is reached by keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <ul className={classes.lines} data-long="true" tabIndex={0}>
        {(log.data?.pages ?? []).flatMap((page) =>
          page.items.map((line) => (
            <li key={line.number}>
              <Placed spot={line.place}>
                <span className={classes.soft}>{timeText(new Date(line.when))}</span> {t(`dossier.what.${whats.find((each) => each === line.what) ?? 'other'}`)}
                {line.about !== undefined && <>: {phases.some((each) => each === line.about) ? t(`phase.${line.about as Phase}`) : line.about}</>}
                {line.by !== undefined && <span className={classes.soft}> · {line.by}</span>}
              </Placed>
            </li>
          )),
        )}
      </ul>
      {open && log.hasNextPage && (
        <Button variant="default" loading={log.isFetching} onClick={() => void log.fetchNextPage()}>
          {t('dossier.logMore')}
        </Button>
      )}
    </Panel>
  );
}
