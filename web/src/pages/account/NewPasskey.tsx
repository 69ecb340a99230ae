import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './AccountPage.module.css';

/** Names the device and makes its key. */
export function NewPasskey({ busy, onMake }: { readonly busy: boolean; readonly onMake: (name: string) => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  return (
    <form
      className={classes.add}
      onSubmit={(event) => {
        event.preventDefault();
        onMake(name.trim());
        setName('');
      }}
    >
      <TextInput label={t('doors.device')} placeholder={t('doors.deviceHint')} maxLength={60} value={name} onChange={(event) => setName(event.currentTarget.value)} />
      <Button type="submit" size="md" loading={busy} disabled={name.trim() === ''}>
        {t('doors.add')}
      </Button>
    </form>
  );
}
