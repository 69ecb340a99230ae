import { Button, Modal, PasswordInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { signByPasskey } from '../../api/passkey';
import { Problem } from '../../api/problem';
import { proveSelf } from '../../api/session';
import classes from './AccountPage.module.css';

interface ProveDialogProps {
  /** What the button to the provider says; empty without one. */
  readonly provider: string;
  readonly passkey: boolean;
  readonly onProved: () => void;
  readonly onClose: () => void;
}

/** Whoever is signed in proves again that it is he. The provider proves in a window of its own, and the deed is pressed again. */
export function ProveDialog({ provider, passkey, onProved, onClose }: ProveDialogProps) {
  const { t } = useTranslation();
  const [password, setPassword] = useState('');
  const [fault, setFault] = useState('');
  const [busy, setBusy] = useState(false);
  const prove = async (proof: Promise<unknown>) => {
    setBusy(true);
    try {
      await proof;
      onProved();
    } catch (error) {
      const problem = error instanceof Problem ? error : new Problem('unknown');
      setFault(t(`problem.${problem.code}`, { seconds: problem.retryAfter ?? 30 }));
      setPassword('');
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={onClose} size={460} centered title={<strong>{t('doors.prove')}</strong>} transitionProps={{ duration: 0 }} closeButtonProps={{ 'aria-label': t('app.close') }} attributes={{ header: { role: 'presentation' } }}>
      <form
        className={classes.prove}
        onSubmit={(event) => {
          event.preventDefault();
          void prove(proveSelf(password));
        }}
      >
        <PasswordInput label={t('signIn.password')} autoComplete="current-password" value={password} error={fault} onChange={(event) => setPassword(event.currentTarget.value)} data-autofocus />
        <Button type="submit" loading={busy} disabled={password === ''}>
          {t('doors.confirm')}
        </Button>
        {passkey && (
          <Button variant="default" disabled={busy} onClick={() => void prove(signByPasskey())}>
            {t('doors.byPasskey')}
          </Button>
        )}
        {provider !== '' && (
          <Button variant="default" component="a" href="/api/session/openid?again=true" target="_blank" rel="noopener" onClick={onClose}>
            {provider}
          </Button>
        )}
      </form>
    </Modal>
  );
}
