import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { MadeAccount } from '../../api/accounts';
import classes from './Accounts.module.css';

/** A one-time password, told once. */
export function OncePassword({ made, onClose }: { readonly made: MadeAccount; readonly onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <section className={classes.once} role="status" aria-label={t('accounts.once')}>
      <div>
        <strong>{t('accounts.onceFor', { name: made.name, user: made.user })}</strong>
        <p className={classes.text}>{t('accounts.onceText')}</p>
      </div>
      <code className={classes.password} data-testid="once">
        {made.password}
      </code>
      <Button variant="default" onClick={onClose}>
        {t('accounts.noted')}
      </Button>
    </section>
  );
}
