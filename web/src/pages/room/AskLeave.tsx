import { Button, TextInput } from '@mantine/core';
import { useState, type SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { After } from '../../live/use-board';
import classes from './AskLeave.module.css';

export interface EarlyLeave {
  readonly granted: boolean;
  readonly ask: (reason: string, after: After) => void;
}

/** A point asks to leave early, and reads here whether the chair agrees (CON-08). */
export function AskLeave({ early }: { readonly early: EarlyLeave }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const [sent, setSent] = useState<'no' | 'sending' | 'yes'>('no');
  if (early.granted) return <p className={classes.word}>{t('early.granted')}</p>;
  const ask = (event: SyntheticEvent) => {
    event.preventDefault();
    if (reason.trim() === '') return;
    setSent('sending');
    early.ask(reason.trim(), (fault) => setSent(fault === null ? 'yes' : 'no'));
  };
  return (
    <form className={classes.form} onSubmit={ask}>
      <TextInput label={t('early.why')} description={t('early.text')} maxLength={200} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
      <Button type="submit" size="md" variant="default" disabled={reason.trim() === '' || sent !== 'no'}>
        {t('early.ask')}
      </Button>
      {sent === 'yes' && (
        <p className={classes.word} role="status">
          {t('early.sent')}
        </p>
      )}
    </form>
  );
}
