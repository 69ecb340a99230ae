import { useTranslation } from 'react-i18next';
import type { AuditLine } from '../../api/audit';
import { dateText, timeText } from '../../i18n/clock';
import { enActs } from '../../i18n/en-acts';
import { viActs } from '../../i18n/vi-acts';
import { actWord, machineOf, shortened } from '../../office/audit-words';
import table from '../../parts/table.module.css';
import classes from './AuditPage.module.css';

const moment = (time: Date) => `${dateText(time)} ${timeText(time)}:${String(time.getSeconds()).padStart(2, '0')}`;
const together = (parts: readonly (string | undefined)[]) => parts.filter(Boolean).join(' · ');

interface AuditTableProps {
  readonly lines: readonly AuditLine[];
  /** Names of people by their number; who is not here any more is shown by it. */
  readonly names: ReadonlyMap<string, string>;
}

/** Whoever did it, over the name under which the log knows and finds him. */
function Who({ line, names }: { readonly line: AuditLine; readonly names: ReadonlyMap<string, string> }) {
  const kept = line.name ?? line.who;
  const name = names.get(line.who ?? '');
  if (name === undefined || kept === undefined) return kept ?? '–';
  return (
    <>
      {name}
      <code>{kept}</code>
    </>
  );
}

/** Lines in words, each with the stable name by which one finds it in the export and at the collector too. */
export function AuditTable({ lines, names }: AuditTableProps) {
  const { t, i18n } = useTranslation();
  const words = i18n.language === 'en' ? enActs : viActs;
  return (
    <div className={table.sheet}>
      <table className={`${table.table ?? ''} ${table.stacked ?? ''}`}>
        <thead>
          <tr>
            <th>{t('audit.number')}</th>
            <th>{t('audit.time')}</th>
            <th>{t('audit.what')}</th>
            <th>{t('audit.who')}</th>
            <th>{t('audit.where')}</th>
            <th>{t('audit.on')}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.seq} data-testid="audit-line">
              <td className={classes.time} data-label={t('audit.number')}>
                {line.seq}
              </td>
              <td className={classes.time} data-label={t('audit.time')}>
                {moment(new Date(line.at))}
              </td>
              <td className={classes.what}>
                {actWord(words, line.what)}
                <code>{line.what}</code>
              </td>
              <td className={classes.who} data-label={t('audit.who')}>
                <Who line={line} names={names} />
              </td>
              <td className={classes.where} data-label={t('audit.where')}>
                {together([line.address, line.point, machineOf(line.device)]) || '–'}
              </td>
              <td className={classes.where} data-label={t('audit.on')}>
                {shortened(together([line.meeting, line.on, line.detail])) || '–'}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
