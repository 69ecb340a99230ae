import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState, type SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../../api/problem';
import { signIn } from '../../api/session';
import { OfficeShell } from '../office/OfficeShell';
import classes from './SignInPage.module.css';

/** Sign-in with a name, a password and, where it is asked for, the second factor. */
export function SignInPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [asksCode, setAsksCode] = useState(false);
  const [fault, setFault] = useState('');
  const [busy, setBusy] = useState(false);
  const enter = async () => {
    setBusy(true);
    setFault('');
    try {
      const next = await signIn({ user: user.trim(), password, code: code.trim() });
      if (next === 'code') return setAsksCode(true);
      await client.invalidateQueries();
      await navigate({ to: '/trang-chu' });
    } catch (error) {
      const problem = error instanceof Problem ? error : new Problem('unknown');
      setFault(t(`problem.${problem.code}`, { seconds: problem.retryAfter ?? 30 }));
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    void enter();
  };
  return (
    <OfficeShell>
      <section className={classes.sheet}>
        <h1 className={classes.title}>{t('signIn.title')}</h1>
        <form className={classes.form} onSubmit={submit} noValidate>
          <TextInput label={t('signIn.user')} autoComplete="username" value={user} onChange={(event) => setUser(event.currentTarget.value)} disabled={asksCode} data-autofocus />
          <PasswordInput label={t('signIn.password')} autoComplete="current-password" value={password} onChange={(event) => setPassword(event.currentTarget.value)} disabled={asksCode} />
          {asksCode && (
            <TextInput label={t('signIn.code')} description={t('signIn.codeHint')} inputMode="numeric" autoComplete="one-time-code" maxLength={8} value={code} onChange={(event) => setCode(event.currentTarget.value)} />
          )}
          {fault !== '' && (
            <p role="alert" className={classes.fault}>
              {fault}
            </p>
          )}
          <Button type="submit" size="lg" fullWidth loading={busy} aria-disabled={busy}>
            {t('signIn.enter')}
          </Button>
        </form>
        <p className={classes.help}>{t('signIn.help')}</p>
        <Link to="/" className={classes.guest}>
          {t('signIn.guest')}
        </Link>
      </section>
    </OfficeShell>
  );
}
