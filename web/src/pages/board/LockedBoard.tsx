import { Button, PasswordInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../../api/problem';
import classes from './LockedBoard.module.css';

interface LockedBoardProps {
  readonly title: string;
  readonly onUnlock: (password: string) => Promise<void>;
}

/** A board that was left alone: nothing of it can be seen or pressed until its owner proves himself. The meeting goes on (SEC-05). */
export function LockedBoard({ title, onUnlock }: LockedBoardProps) {
  const { t } = useTranslation();
  const [password, setPassword] = useState('');
  const [fault, setFault] = useState('');
  const [busy, setBusy] = useState(false);
  const unlock = async () => {
    setBusy(true);
    try {
      await onUnlock(password);
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
          void unlock();
        }}
      >
        <h1 className={classes.title}>{t('board.locked')}</h1>
        <p className={classes.meeting}>{title}</p>
        <p>{t('board.lockedText')}</p>
        <PasswordInput size="md" label={t('board.password')} autoComplete="current-password" value={password} error={fault} onChange={(event) => setPassword(event.currentTarget.value)} data-autofocus />
        <div className={classes.acts}>
          <Button type="submit" size="md" loading={busy} disabled={password === ''}>
            {t('board.unlock')}
          </Button>
          <Button size="md" variant="default" component="a" href="/dang-nhap">
            {t('board.otherPerson')}
          </Button>
        </div>
      </form>
    </main>
  );
}
