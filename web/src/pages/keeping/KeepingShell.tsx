import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import classes from '../../parts/sheets.module.css';
import { OfficeShell } from '../office/OfficeShell';

/** The three sheets of keeping: what there is, what is to go, and how long what is kept. */
export function KeepingShell({ children }: { readonly children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <OfficeShell>
      <div className={classes.top}>
        <h1 className={classes.title}>{t('keeping.title')}</h1>
        <nav className={classes.sheets} aria-label={t('keeping.title')}>
          <Link to="/luu-tru" activeOptions={{ exact: true }} activeProps={{ 'aria-current': 'page' }}>
            {t('keeping.recordings')}
          </Link>
          <Link to="/luu-tru/huy" activeProps={{ 'aria-current': 'page' }}>
            {t('keeping.disposals')}
          </Link>
          <Link to="/luu-tru/thoi-han" activeProps={{ 'aria-current': 'page' }}>
            {t('keeping.table')}
          </Link>
        </nav>
      </div>
      {children}
    </OfficeShell>
  );
}
