import { useQuery } from '@tanstack/react-query';
import { Navigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { fetchStatus } from '../../api/status';
import { Notice } from '../../app/Notice';
import { timeText } from '../../i18n/clock';
import { useSession } from '../office/use-session';
import { AlarmList } from './AlarmList';
import { StatusParts } from './StatusParts';
import classes from './StatusPage.module.css';
import { WatchShell } from './WatchShell';

const everyMs = 5_000;

/** How it stands with the bridge itself, for technicians: what is to be done first, then each part with its figures. */
export function StatusPage() {
  const { t } = useTranslation();
  const session = useSession();
  const may = session.data?.rights.some((right) => right === 'ky-thuat-vien' || right === 'quan-tri') ?? false;
  const asked = useQuery({ queryKey: ['status'], queryFn: fetchStatus, enabled: may, refetchInterval: everyMs, retry: false });
  if (session.isPending) return <Notice title={t('app.loading')} />;
  if (!may) return <Navigate to="/trang-chu" replace />;
  const status = asked.data;
  const time = status ? timeText(new Date(status.at)) : '';
  return (
    <WatchShell>
      {asked.isError && (
        <p role="alert" className={classes.silent}>
          {t('status.silent', { time: time || '–' })}
        </p>
      )}
      {!status && !asked.isError && <p>{t('app.loading')}</p>}
      {status && (
        <>
          <AlarmList alarms={status.alarms} />
          <StatusParts status={status} />
          {!asked.isError && <p className={classes.asof}>{t('status.asof', { time })}</p>}
        </>
      )}
    </WatchShell>
  );
}
