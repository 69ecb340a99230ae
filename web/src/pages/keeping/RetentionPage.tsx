import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Class } from '../../archive/keeping';
import table from '../../parts/table.module.css';
import { meetingTypes } from '../office/CreateMeeting';
import { useSession } from '../office/use-session';
import { ClassDialog } from './ClassDialog';
import classes from './Keeping.module.css';
import { KeepingShell } from './KeepingShell';
import { useClasses, useFault } from './use-keeping';

/** The table of periods, read by all and edited by archivists of the whole house (ARC-05). */
export function RetentionPage() {
  const { t } = useTranslation();
  const periods = useClasses();
  const archivist = useSession().data?.rights.includes('luu-tru') ?? false;
  const fault = useFault();
  const [edited, setEdited] = useState<Class | null>(null);
  const all = periods.data ?? [];
  return (
    <KeepingShell>
      <div className={classes.bar}>
        <span>{periods.isError ? fault(periods.error) : t('retention.note')}</span>
        {archivist && (
          <Button variant="default" onClick={() => setEdited({ id: '', name: '', years: 5 })}>
            {t('retention.add')}
          </Button>
        )}
      </div>
      <div className={table.sheet}>
        <table className={`${table.table ?? ''} ${table.stacked ?? ''}`}>
          <thead>
            <tr>
              <th scope="col">{t('retention.name')}</th>
              <th scope="col">{t('retention.period')}</th>
              <th scope="col">{t('retention.types')}</th>
              {archivist && <th scope="col" aria-label={t('retention.edit')} />}
            </tr>
          </thead>
          <tbody>
            {all.map((each) => (
              <tr key={each.id}>
                <td>{each.name}</td>
                <td className={classes.line} data-label={t('retention.period')}>{each.forever ? <strong>{t('keeping.forever')}</strong> : t('keeping.years', { count: each.years })}</td>
                <td className={table.soft} data-label={t('retention.types')}>
                  {meetingTypes
                    .filter((type) => each.types?.includes(type))
                    .map((type) => t(`type.${type}`))
                    .join(', ')}
                </td>
                {archivist && (
                  <td className={table.number}>
                    <Button size="compact-sm" variant="default" aria-label={`${t('retention.edit')}: ${each.name}`} onClick={() => setEdited(each)}>
                      {t('retention.edit')}
                    </Button>
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {edited && <ClassDialog from={edited} onClose={() => setEdited(null)} />}
    </KeepingShell>
  );
}
