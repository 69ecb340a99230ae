import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useLocation, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { signOut } from '../../api/session';
import { Clock } from '../../app/Clock';
import { LanguageSwitch } from '../../app/LanguageSwitch';
import { useSession } from './use-session';
import classes from './OfficeShell.module.css';

/** Who decides on what is kept, and who approves of what is to go. */
const keepers = ['luu-tru', 'chu-tri'];

/** Who looks after the bridge itself. */
const watchers = ['ky-thuat-vien', 'quan-tri'];
const watched = new Set(['/tinh-trang', '/nhat-ky', '/tai-khoan-cau', '/may-diem-cau']);

/** The head of the pages at the desk: where one is, who one is. */
export function OfficeShell({ children }: { readonly children: ReactNode }) {
  const { t } = useTranslation();
  const session = useSession().data ?? null;
  const client = useQueryClient();
  const path = useLocation().pathname;
  const navigate = useNavigate();
  const leave = async () => {
    const elsewhere = await signOut().catch(() => '');
    client.clear();
    if (elsewhere !== '') return window.location.assign(elsewhere);
    await navigate({ to: '/dang-nhap' });
  };
  return (
    <div className={classes.page}>
      <header className={classes.header}>
        <img src="/icon.svg" alt="" width="36" height="36" />
        <div>
          <div className={classes.brand}>{t('app.name')}</div>
          <div className={classes.subtitle}>{t('app.subtitle')}</div>
        </div>
        {session && (
          <nav className={classes.ways} aria-label={t('home.title')}>
            <Link to="/trang-chu" className={classes.way} activeProps={{ 'aria-current': 'page' }}>
              {t('home.title')}
            </Link>
            <Link to="/lich" className={classes.way} activeProps={{ 'aria-current': 'page' }}>
              {t('home.calendar')}
            </Link>
            <Link to="/kho" className={classes.way} activeProps={{ 'aria-current': 'page' }}>
              {t('archive.title')}
            </Link>
            {keepers.some((right) => session.rights.includes(right)) && (
              <Link to="/luu-tru" className={classes.way} activeProps={{ 'aria-current': 'page' }}>
                {t('keeping.title')}
              </Link>
            )}
            {watchers.some((right) => session.rights.includes(right)) && (
              <Link to="/tinh-trang" className={classes.way} aria-current={watched.has(path) ? 'page' : undefined}>
                {t('status.desk')}
              </Link>
            )}
          </nav>
        )}
        <Clock className={classes.clock} />
        {session && (
          <>
            {session.person ? (
              <Link to="/tai-khoan" className={classes.who} title={t('doors.account')}>
                {session.name}
              </Link>
            ) : (
              <span className={classes.who} title={session.point}>
                {session.point}
              </span>
            )}
            <Button variant="default" onClick={() => void leave()}>
              {t('signIn.out')}
            </Button>
          </>
        )}
        <LanguageSwitch />
      </header>
      <main className={classes.main}>{children}</main>
    </div>
  );
}
