import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import classes from '../../parts/sheets.module.css';
import { OfficeShell } from '../office/OfficeShell';
import { useSession } from '../office/use-session';

/** The sheets of those who look after the bridge itself; a technician has fewer than an administrator. */
export function WatchShell({ children }: { readonly children: ReactNode }) {
  const { t } = useTranslation();
  const admin = useSession().data?.rights.includes('quan-tri') ?? false;
  return (
    <OfficeShell>
      <div className={classes.top}>
        <h1 className={classes.title}>{t('status.desk')}</h1>
        <nav className={classes.sheets} aria-label={t('status.desk')}>
          <Link to="/tinh-trang" activeProps={{ 'aria-current': 'page' }}>
            {t('status.title')}
          </Link>
          <Link to="/may-diem-cau" activeProps={{ 'aria-current': 'page' }}>
            {t('machines.title')}
          </Link>
          {admin && (
            <>
              <Link to="/tai-khoan-cau" activeProps={{ 'aria-current': 'page' }}>
                {t('accounts.title')}
              </Link>
              <Link to="/nhat-ky" activeProps={{ 'aria-current': 'page' }}>
                {t('audit.title')}
              </Link>
            </>
          )}
        </nav>
      </div>
      {children}
    </OfficeShell>
  );
}
