import { Button, TextInput } from '@mantine/core';
import { useState, type SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './AskLeave.module.css';

export interface EarlyLeave {
  readonly granted: boolean;
  readonly ask: (reason: string) => void;
}

/** A point asks to leave early, and reads here whether the chair agrees (CON-08). */
export function AskLeave({ early }: { readonly early: EarlyLeave }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const [sent, setSent] = useState(false);
  if (early.granted) return <p className={classes.word}>{t('early.granted')}</p>;
  const ask = (event: SyntheticEvent) => {
    event.preventDefault();
    if (reason.trim() === '') return;
    early.ask(reason.trim());
    setSent(true);
  };
  return (
    <form className={classes.form} onSubmit={ask}>
      <TextInput label={t('early.why')} description={t('early.text')} maxLength={200} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
      <Button type="submit" size="md" variant="default" disabled={reason.trim() === '' || sent}>
        {t('early.ask')}
      </Button>
      {sent && (
        <p className={classes.word} role="status">
          {t('early.sent')}
        </p>
      )}
    </form>
  );
}
