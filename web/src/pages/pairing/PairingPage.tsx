import { Button, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useState, type SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../../api/problem';
import { pairHere } from '../../api/session';
import { takeWayBack } from '../../office/after-sign-in';
import { OfficeShell } from '../office/OfficeShell';
import { useSession } from '../office/use-session';
import sheet from '../signin/SignInPage.module.css';
import form from '../signin/StageForm.module.css';
import { usePointName } from './use-point-name';

/** Makes this machine the machine of a point, by a code that was read out to whoever stands at it (SEC-04). */
export function PairingPage() {
  const { t } = useTranslation();
  const router = useRouter();
  const client = useQueryClient();
  const point = useSession().data?.point ?? '';
  const name = usePointName(point);
  const [code, setCode] = useState('');
  const [fault, setFault] = useState('');
  const [busy, setBusy] = useState(false);
  const pair = async () => {
    setBusy(true);
    setFault('');
    try {
      await pairHere(code.trim());
      await client.invalidateQueries();
      router.history.replace(takeWayBack('/'));
    } catch (error) {
      const problem = error instanceof Problem ? error : new Problem('unknown');
      setFault(t(`problem.${problem.code}`, { seconds: problem.retryAfter ?? 30 }));
      setBusy(false);
    }
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (code.trim() !== '' && !busy) void pair();
  };
  return (
    <OfficeShell>
      <section className={sheet.sheet}>
        <h1 className={sheet.title}>{t('pairing.title')}</h1>
        <form className={form.form} onSubmit={submit} noValidate>
          <p className={form.hint}>{point === '' ? t('pairing.hint') : t('pairing.paired', { point: name })}</p>
          <TextInput
            label={t('pairing.code')}
            value={code}
            onChange={(event) => setCode(event.currentTarget.value.toUpperCase())}
            maxLength={16}
            autoComplete="off"
            autoCapitalize="characters"
            spellCheck={false}
            data-autofocus
            styles={{ input: { fontSize: 26, fontWeight: 700, letterSpacing: '0.08em' } }}
          />
          {fault !== '' && (
            <p role="alert" className={form.fault}>
              {fault}
            </p>
          )}
          <Button type="submit" size="lg" fullWidth loading={busy} disabled={code.trim() === ''}>
            {t('pairing.enter')}
          </Button>
        </form>
      </section>
    </OfficeShell>
  );
}
