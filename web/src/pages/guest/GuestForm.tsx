import { Button, TextInput } from '@mantine/core';
import { useState, type SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { OfficeShell } from '../office/OfficeShell';
import sheet from '../signin/SignInPage.module.css';
import form from '../signin/StageForm.module.css';

interface GuestFormProps {
  readonly refused: boolean;
  readonly fault: string;
  readonly busy: boolean;
  readonly onAsk: (name: string, unit: string) => void;
}

/** Who the guest is, in his own words: it is shown with a badge, for nobody has checked it. */
export function GuestForm({ refused, fault, busy, onAsk }: GuestFormProps) {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const [unit, setUnit] = useState('');
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (name.trim() !== '' && !busy) onAsk(name.trim(), unit.trim());
  };
  return (
    <OfficeShell>
      <section className={sheet.sheet}>
        <h1 className={sheet.title}>{t('guest.title')}</h1>
        <form className={form.form} onSubmit={submit} noValidate>
          <p className={form.hint}>{t(refused ? 'guest.refused' : 'guest.ask')}</p>
          <TextInput label={t('guest.name')} autoComplete="name" maxLength={120} value={name} onChange={(event) => setName(event.currentTarget.value)} />
          <TextInput label={t('guest.unit')} autoComplete="organization" maxLength={120} value={unit} onChange={(event) => setUnit(event.currentTarget.value)} />
          {fault !== '' && (
            <p role="alert" className={form.fault}>
              {fault}
            </p>
          )}
          <Button type="submit" size="lg" fullWidth loading={busy} disabled={name.trim() === ''}>
            {t('guest.enter')}
          </Button>
        </form>
      </section>
    </OfficeShell>
  );
}
