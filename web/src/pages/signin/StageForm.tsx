import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useState, type SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './StageForm.module.css';

export interface StageField {
  readonly name: 'user' | 'password' | 'newPassword' | 'code';
  readonly kind: 'text' | 'password' | 'code';
  readonly complete: string;
}

interface StageFormProps {
  readonly fields: readonly StageField[];
  readonly fault: string;
  readonly hint?: string;
  readonly onSubmit: (given: Readonly<Partial<Record<StageField['name'], string>>>) => Promise<void>;
}

/** One stage of signing in. */
export function StageForm({ fields, fault, hint, onSubmit }: StageFormProps) {
  const { t } = useTranslation();
  const [given, setGiven] = useState<Partial<Record<StageField['name'], string>>>({});
  const [busy, setBusy] = useState(false);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    void onSubmit(given).finally(() => setBusy(false));
  };
  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      {hint !== undefined && <p className={classes.hint}>{hint}</p>}
      {fields.map(({ name, kind, complete }) => {
        const common = {
          label: t(`signIn.${name}`),
          value: given[name] ?? '',
          autoComplete: complete,
          onChange: (event: React.ChangeEvent<HTMLInputElement>) => setGiven({ ...given, [name]: event.currentTarget.value }),
        };
        return kind === 'password' ? (
          <PasswordInput key={name} {...common} visibilityToggleButtonProps={{ 'aria-label': t('signIn.show') }} />
        ) : (
          <TextInput key={name} {...common} {...(kind === 'code' ? { inputMode: 'numeric', maxLength: 32 } : {})} />
        );
      })}
      {fault !== '' && (
        <p role="alert" className={classes.fault}>
          {fault}
        </p>
      )}
      <Button type="submit" size="lg" fullWidth loading={busy} aria-disabled={busy}>
        {t('signIn.enter')}
      </Button>
    </form>
  );
}
