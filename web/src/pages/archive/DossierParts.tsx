import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Part } from '../../archive/dossier';
import { timeCode } from '../../archive/lanes';
import { dateText, timeText } from '../../i18n/clock';
import { figureText } from '../../i18n/figure';
import { Panel } from '../../parts/Panel';
import table from '../../parts/table.module.css';
import classes from './Dossier.module.css';
import { RecordingHead } from './RecordingHead';

const dayText = (time: string): string => `${timeText(new Date(time))}, ${dateText(new Date(time))}`;

/** The recordings of the meeting, those that are gone among them, and whether each is as it was recorded. */
export function DossierParts({ parts }: { readonly parts: readonly Part[] }) {
  const { t } = useTranslation();
  return (
    <Panel title={t('dossier.recordings')}>
      <table className={table.table}>
        <RecordingHead columns={['begun', 'length', 'size', 'state']} />
        <tbody>
          {parts.map((part) => (
            <tr key={part.id}>
              <td>
                {part.gone ? (
                  dayText(part.begun)
                ) : (
                  <Link to="/kho/$recording" params={{ recording: part.id }} className={classes.link}>
                    {dayText(part.begun)}
                  </Link>
                )}
              </td>
              <td className={table.number}>{timeCode(part.length)}</td>
              <td className={table.number}>{figureText(part.bytes / 1e6, 1)} MB</td>
              <td>
                <Soundness part={part} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function Soundness({ part }: { readonly part: Part }) {
  const { t } = useTranslation();
  if (part.gone) return <span className={classes.soft}>{t('dossier.gone')}</span>;
  if (!part.sealed) return <span className={classes.state}>{t('dossier.running')}</span>;
  const more = [
    part.stamped === undefined ? '' : t('dossier.stamped', { when: dayText(part.stamped) }),
    part.copies > 0 ? t('dossier.copies', { count: part.copies }) : '',
    part.flawed ? t('dossier.flawed') : '',
  ].filter(Boolean);
  const state = part.checked === undefined ? 'unchecked' : part.sound ? 'sound' : 'damaged';
  const mark = { unchecked: '', sound: '✓ ', damaged: '✕ ' }[state];
  return (
    <>
      <span className={classes.state} data-state={state} title={part.root}>
        {mark}
        {state === 'unchecked' ? `${t('dossier.sealed')}. ${t('dossier.unchecked')}` : t(`dossier.${state}`, { when: dayText(part.checked ?? '') })}
      </span>
      {more.length > 0 && <div className={classes.soft}>{more.join(' · ')}</div>}
    </>
  );
}
