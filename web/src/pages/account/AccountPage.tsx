import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Navigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { addPasskey, fetchPasskeys, passkeysHere, removePasskey } from '../../api/passkey';
import { endOtherSessions, endSession, fetchSessions, fetchWays } from '../../api/session';
import { Notice } from '../../app/Notice';
import { dateText, timeText } from '../../i18n/clock';
import { browserName } from '../../office/browser-name';
import { Panel } from '../../parts/Panel';
import { OfficeShell } from '../office/OfficeShell';
import { useSession } from '../office/use-session';
import classes from './AccountPage.module.css';
import { NewPasskey } from './NewPasskey';
import { useProved } from './use-proved';

const when = (time: string) => `${dateText(new Date(time))} ${timeText(new Date(time))}`;

/** What opens my account, and where I am signed in. What cannot be taken back wants a fresh proof. */
export function AccountPage() {
  const { t } = useTranslation();
  const session = useSession();
  const me = session.data ?? null;
  const known = me !== null && (me.person ?? '') !== '';
  const ways = useQuery({ queryKey: ['ways'], queryFn: fetchWays, staleTime: 300_000 });
  const keys = useQuery({ queryKey: ['passkeys'], queryFn: fetchPasskeys, enabled: known });
  const sessions = useQuery({ queryKey: ['sessions'], queryFn: fetchSessions, enabled: known });
  const [codes, setCodes] = useState<readonly string[]>([]);
  const { act, busy, fault, dialog } = useProved();
  if (session.isPending) return <Notice title={t('app.loading')} />;
  if (!known) return <Navigate to="/dang-nhap" replace />;
  const usable = (ways.data?.passkeys ?? false) && passkeysHere();
  return (
    <OfficeShell>
      <div className={classes.page}>
        <h1 className={classes.title}>{me.name}</h1>
        {fault !== '' && (
          <p role="alert" className={classes.fault}>
            {fault}
          </p>
        )}
        {codes.length > 0 && (
          <Panel title={t('doors.recovery')}>
            <p className={classes.text}>{t('doors.recoveryText')}</p>
            <ul className={classes.codes} data-testid="recovery-codes">
              {codes.map((code) => (
                <li key={code}>{code}</li>
              ))}
            </ul>
          </Panel>
        )}
        <Panel title={t('doors.passkeys')}>
          <p className={classes.text}>{t(usable ? 'doors.passkeysText' : 'doors.passkeysNot')}</p>
          <ul className={classes.rows}>
            {(keys.data ?? []).map((key) => (
              <li key={key.id} data-testid="passkey">
                <span className={classes.main}>{key.name}</span>
                <span className={classes.aside}>{t('doors.made', { time: when(key.created) })}</span>
                <span className={classes.aside}>{key.used ? t('doors.used', { time: when(key.used) }) : t('doors.neverUsed')}</span>
                <Button variant="default" onClick={() => act(async () => void (await removePasskey(key.id)))}>
                  {t('doors.remove')}
                </Button>
              </li>
            ))}
          </ul>
          {usable && <NewPasskey busy={busy} onMake={(name) => act(async () => setCodes(await addPasskey(name)))} />}
        </Panel>
        <Panel title={t('doors.sessions')}>
          <ul className={classes.rows}>
            {(sessions.data ?? []).map((each) => (
              <li key={each.id} data-testid="session">
                <span className={classes.main}>
                  {browserName(each.browser ?? '')} {each.this && <strong>({t('doors.this')})</strong>}
                </span>
                <span className={classes.aside}>{each.address}</span>
                <span className={classes.aside}>{t('doors.seen', { time: when(each.seen) })}</span>
                {!each.this && (
                  <Button variant="default" onClick={() => act(async () => void (await endSession(each.id)))}>
                    {t('doors.end')}
                  </Button>
                )}
              </li>
            ))}
          </ul>
          {(sessions.data ?? []).length > 1 && (
            <Button variant="default" onClick={() => act(async () => void (await endOtherSessions()))}>
              {t('doors.endOthers')}
            </Button>
          )}
        </Panel>
      </div>
      {dialog}
    </OfficeShell>
  );
}
