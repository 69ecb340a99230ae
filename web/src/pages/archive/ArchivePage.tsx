import { useQuery } from '@tanstack/react-query';
import { TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../../api/problem';
import { fetchRecordings, mostListed, type Found } from '../../archive/desk';
import { timeCode } from '../../archive/lanes';
import { dateText, timeText } from '../../i18n/clock';
import { figureText } from '../../i18n/figure';
import { beginOf } from '../../office/day';
import { DayInput } from '../../parts/DayInput';
import table from '../../parts/table.module.css';
import { OfficeShell } from '../office/OfficeShell';
import classes from './Archive.module.css';
import { Facets } from './Facets';
import { RecordingHead } from './RecordingHead';

/** Keys within this time are one search. */
const typingMs = 200;
/** Letters that a search takes. */
const longest = 200;

/** The archive: recordings found by words, day and speaker, each with the seconds that fit. */
export function ArchivePage() {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [speaker, setSpeaker] = useState('');
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const [unit, setUnit] = useState('');
  const [state, setState] = useState('');
  // A new object at every drawing would be a new value, and draw again, for ever.
  const asked = useMemo(() => ({ q: text.trim(), speaker: speaker.trim(), from: day(from, 0), to: day(to, 1), unit, state }), [text, speaker, from, to, unit, state]);
  const [wanted] = useDebouncedValue(asked, typingMs);
  const found = useQuery({ queryKey: ['recordings', wanted], queryFn: async () => fetchRecordings(wanted), placeholderData: (before) => before, refetchInterval: 10_000 });
  const items = found.data ?? [];
  const code = found.error instanceof Problem ? found.error.code : 'unknown';
  return (
    <OfficeShell>
      <h1 className={classes.title}>{t('archive.title')}</h1>
      <div className={classes.filters} role="search">
        <TextInput className={classes.words} label={t('archive.find')} description={t('archive.findHint')} descriptionProps={{ style: { color: 'var(--ink-soft)' } }} value={text} maxLength={longest} onChange={(event) => setText(event.currentTarget.value)} />
        <TextInput label={t('archive.speaker')} value={speaker} maxLength={200} onChange={(event) => setSpeaker(event.currentTarget.value)} />
        <DayInput label={t('archive.from')} size="md" value={from} onDay={setFrom} />
        <DayInput label={t('archive.to')} size="md" value={to} onDay={setTo} />
      </div>
      <Facets
        wanted={wanted}
        unit={unit}
        onUnit={setUnit}
        state={state}
        onState={setState}
        from={from}
        to={to}
        onDays={(first, last) => {
          setFrom(first);
          setTo(last);
        }}
      />
      <p className={classes.count} role="status">
        {found.isError ? t(`problem.${code}`, { seconds: 30 }) : wanted.q.length === 1 ? t('archive.oneLetter') : items.length === 0 && !found.isPending ? t('archive.none') : t(items.length < mostListed ? 'archive.count' : wanted.q === '' ? 'archive.newest' : 'archive.first', { count: items.length })}
        {text.length >= longest && ` · ${t('archive.longest', { count: longest })}`}
      </p>
      {items.length > 0 && (
        <div className={table.sheet}>
          <table className={`${table.table ?? ''} ${table.stacked ?? ''}`}>
            <RecordingHead columns={['name', 'begun', 'length', 'points', 'size', 'state']} />
            <tbody>
              {items.map((item) => (
                <Row key={item.id} item={item} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </OfficeShell>
  );
}

function Row({ item }: { readonly item: Found }) {
  const { t } = useTranslation();
  const begun = new Date(item.begun);
  const state = item.flawed ? 'flawed' : item.running ? 'running' : 'sealed';
  return (
    <tr>
      <td>
        <Link to="/kho/$recording" params={{ recording: item.id }} className={classes.name}>
          {item.title}
        </Link>
        {item.origin !== undefined && <span className={classes.tag}>{t('archive.redacted')}</span>}
        {item.hits.length > 0 && (
          <ul className={classes.hits} aria-label={t('archive.hits')}>
            {item.hits.map((hit) => (
              <li key={`${hit.at} ${hit.kind} ${hit.text}`}>
                <Link to="/kho/$recording" params={{ recording: item.id }} search={hit.at > 0 ? { t: hit.at / 1000 } : {}} className={classes.hit}>
                  <span className={classes.code}>{timeCode(hit.at)}</span>
                  <span className={table.soft}>{t(`archive.kind.${hit.kind}` as 'archive.kind.item')}</span>
                  <span className={classes.said}>{hit.text}</span>
                </Link>
              </li>
            ))}
          </ul>
        )}
      </td>
      <td data-label={t('archive.begun')}>
        {dateText(begun)} {timeText(begun)}
      </td>
      <td className={table.number} data-label={t('archive.length')}>{timeCode(item.length)}</td>
      <td className={table.number} data-label={t('archive.points')}>{item.points}</td>
      <td className={table.number} data-label={t('archive.size')}>{figureText(item.bytes / 1e6, 1)} MB</td>
      <td data-label={t('archive.state')}>
        <span className={classes.state} data-state={state}>
          {t(`archive.${state}`)}
        </span>
      </td>
    </tr>
  );
}

/** A chosen day as the API takes it; the second is the day behind it. */
function day(chosen: string, later: number): string {
  return beginOf(chosen, later) ?? '';
}
