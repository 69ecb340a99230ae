import { Tabs, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { memo, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Cue, Dossier } from '../../archive/dossier';
import { timeCode } from '../../archive/lanes';
import { lastIndex } from '../../archive/last';
import type { Player } from '../../archive/player';
import { chosenOf, isPlayed, sheetNames, sheetsOf, type Entry, type SheetName } from '../../archive/sheets';
import classes from './Player.module.css';
import { useResult } from './use-result';

interface SidePanelProps {
  readonly player: Player;
  readonly time: number;
  readonly playing: boolean;
  readonly file: Dossier | undefined;
  readonly cues: readonly Cue[];
}

/** What is in the recording, sheet by sheet: a line opens its second, and what is played is marked (MIN-01). */
export function SidePanel({ player, time, playing, file, cues }: SidePanelProps) {
  const { t } = useTranslation();
  const result = useResult();
  const { detail } = player;
  const [name, setName] = useState<SheetName>('chapters');
  const [words, setWords] = useState('');
  const sheets = useMemo(() => sheetsOf(detail, file, cues, result), [detail, file, cues, result]);
  const entries = useMemo(() => chosenOf(sheets[name], words), [sheets, name, words]);
  const there = sheetNames.filter((each) => each === 'chapters' || sheets[each].length > 0);
  const played = entries.flatMap((each, i) => (isPlayed(name, each, time) ? [i] : []));
  return (
    <section aria-label={t('player.contents')} className={classes.sheets}>
      <Tabs value={name} onChange={(value) => setName(sheetNames.find((each) => each === value) ?? 'chapters')} keepMounted={false} classNames={{ list: classes.sheetList ?? '', tab: classes.sheetTab ?? '' }}>
        <Tabs.List aria-label={t('player.contents')}>
          {there.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {t(`player.sheets.${each}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {there.map((each) => (
          <Tabs.Panel key={each} value={each}>
            <TextInput size="sm" mt={6} aria-label={t('player.findHere')} placeholder={t('player.findHere')} value={words} maxLength={200} onChange={(event) => setWords(event.currentTarget.value)} />
            {words.trim() !== '' && (
              <p className={classes.soft} role="status" style={{ margin: '4px 0' }}>
                {t('player.foundHere', { count: entries.length })}
              </p>
            )}
            <Entries entries={entries} played={played.join(' ')} follow={playing} onJump={(at) => player.seek(at)} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </section>
  );
}

interface EntriesProps {
  readonly entries: readonly Entry[];
  /** Numbers of the lines that are played: text, so that the list is drawn anew only when they change. */
  readonly played: string;
  readonly follow: boolean;
  readonly onJump: (at: number) => void;
}

const Entries = memo(
  function Entries({ entries, played, follow, onJump }: EntriesProps) {
    const list = useRef<HTMLOListElement>(null);
    const now = played === '' ? [] : played.split(' ').map(Number);
    const newest = now[lastIndex(now, () => true)];
    useEffect(() => {
      const at = newest === undefined || !follow ? undefined : list.current?.children[newest];
      if (at instanceof HTMLElement && list.current) list.current.scrollTop = at.offsetTop - list.current.offsetTop - list.current.clientHeight / 3;
    }, [newest, follow]);
    return (
      <ol className={classes.entries} ref={list}>
        {entries.map((each, i) => (
          <li key={each.key} className={classes.entry}>
            <Row entry={each} played={now.includes(i)} onJump={onJump} />
          </li>
        ))}
      </ol>
    );
  },
  (a, b) => a.entries === b.entries && a.played === b.played && a.follow === b.follow,
);

function Row({ entry, played, onJump }: { readonly entry: Entry; readonly played: boolean; readonly onJump: (at: number) => void }) {
  const { t } = useTranslation();
  const words = (
    <span>
      {entry.title !== '' && <span className={classes.entryTitle}>{entry.title}</span>}
      {entry.title !== '' && entry.text !== '' && ' '}
      {entry.kind === 'withdrawn' ? <em className={classes.soft}>{t('chat.withdrawn')}</em> : entry.text}
    </span>
  );
  const { at, elsewhere } = entry;
  if (at !== null) {
    return (
      <button type="button" className={classes.chapter} data-kind={entry.kind} data-testid="entry" aria-current={played ? 'true' : undefined} onClick={() => onJump(at)}>
        <span className={classes.chapterTime}>{timeCode(at)}</span>
        {words}
      </button>
    );
  }
  if (elsewhere) {
    return (
      <Link to="/kho/$recording" params={{ recording: elsewhere.recording }} search={elsewhere.at > 0 ? { t: elsewhere.at / 1000 } : {}} className={classes.chapter} data-kind={entry.kind} title={t('player.elsewhere')}>
        <span className={classes.chapterTime}>↗ {timeCode(elsewhere.at)}</span>
        {words}
      </Link>
    );
  }
  return (
    <p className={classes.chapter} data-kind={entry.kind} style={{ margin: 0, cursor: 'default' }} title={t('player.unrecorded')}>
      <span className={classes.chapterTime}>—</span>
      {words}
    </p>
  );
}
