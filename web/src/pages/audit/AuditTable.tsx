import { useTranslation } from 'react-i18next';
import type { AuditLine } from '../../api/audit';
import { dateText, timeText } from '../../i18n/clock';
import table from '../../parts/table.module.css';
import classes from './AuditPage.module.css';

const moment = (time: Date) => `${dateText(time)} ${timeText(time)}:${String(time.getSeconds()).padStart(2, '0')}`;

/** Lines as they are kept: stable names, for who looks for one finds it in the export and at the collector too. */
export function AuditTable({ lines }: { readonly lines: readonly AuditLine[] }) {
  const { t } = useTranslation();
  return (
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
            <td className={classes.time} data-label={t('audit.number')}>{line.seq}</td>
            <td className={classes.time} data-label={t('audit.time')}>{moment(new Date(line.at))}</td>
            <td className={classes.what} data-label={t('audit.what')}>{line.what}</td>
            <td data-label={t('audit.who')}>{line.name ?? line.who ?? '–'}</td>
            <td className={classes.where} data-label={t('audit.where')}>{[line.address, line.point, line.device].filter(Boolean).join(' · ') || '–'}</td>
            <td className={classes.where} data-label={t('audit.on')}>{[line.meeting, line.on, line.detail].filter(Boolean).join(' · ')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
