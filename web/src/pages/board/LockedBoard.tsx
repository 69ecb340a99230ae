import { Button, PasswordInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { passkeysHere } from '../../api/passkey';
import { Problem } from '../../api/problem';
import { fetchWays } from '../../api/session';
import { lockAfterMs } from '../../live/use-board-lock';
import { useSession } from '../office/use-session';
import classes from './LockedBoard.module.css';

interface LockedBoardProps {
  readonly title: string;
  readonly onUnlock: (password: string) => Promise<void>;
  readonly onPasskey: () => Promise<void>;
}

/** A board that was left alone: nothing of it can be seen or pressed until its owner proves himself. The meeting goes on (SEC-05). */
export function LockedBoard({ title, onUnlock, onPasskey }: LockedBoardProps) {
  const { t } = useTranslation();
  const ways = useQuery({ queryKey: ['ways'], queryFn: fetchWays, staleTime: 300_000, retry: false }).data;
  const session = useSession().data;
  const way = session?.way;
  const minutes = Math.max(1, Math.round(lockAfterMs(session) / 60_000));
  const [password, setPassword] = useState('');
  const [fault, setFault] = useState('');
  const [busy, setBusy] = useState(false);
  const unlock = async (proof: () => Promise<void>) => {
    setBusy(true);
    try {
      await proof();
    } catch (error) {
      const problem = error instanceof Problem ? error : new Problem('unknown');
      setFault(problem.status === 401 ? t('board.wrongPassword') : t(`problem.${problem.code}`, { seconds: problem.retryAfter ?? 30 }));
      setPassword('');
      setBusy(false);
    }
  };
  return (
    <main className={classes.page}>
      <form
        className={classes.card}
        onSubmit={(event) => {
          event.preventDefault();
          void unlock(async () => onUnlock(password));
        }}
      >
        <h1 className={classes.title}>{t('board.locked')}</h1>
        <p className={classes.meeting}>{title}</p>
        <p>{t('board.lockedText', { count: minutes })}</p>
        <PasswordInput size="md" label={t('board.password')} autoComplete="current-password" value={password} error={fault} onChange={(event) => setPassword(event.currentTarget.value)} data-autofocus />
        <div className={classes.acts}>
          <Button type="submit" size="md" loading={busy} disabled={password === ''}>
            {t('board.unlock')}
          </Button>
          {(ways?.passkeys ?? false) && passkeysHere() && (
            <Button size="md" variant="default" disabled={busy} onClick={() => void unlock(onPasskey)}>
              {t('doors.byPasskey')}
            </Button>
          )}
          {way === 'openid' && (ways?.openid ?? '') !== '' && (
            <Button size="md" variant="default" component="a" href="/api/session/openid?again=true" target="_blank" rel="noopener">
              {ways?.openid}
            </Button>
          )}
          <Button size="md" variant="default" component="a" href="/dang-nhap">
            {t('board.otherPerson')}
          </Button>
        </div>
      </form>
    </main>
  );
}
