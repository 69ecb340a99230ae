import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import classes from './UpgradeNote.module.css';
import { upgrade } from './upgrade';
import { useStore } from './use-store';

/** An old window asks to be reloaded, never in the middle of a speech, and never by itself. */
export function UpgradeNote() {
  const { t } = useTranslation();
  const { old, held } = useStore(upgrade.state);
  if (!old || held) return null;
  return (
    <div className={classes.note} data-meeting={window.location.pathname.startsWith('/hop/')} role="status" data-testid="upgrade">
      <span>{t('app.upgraded')}</span>
      <Button size="sm" variant="white" onClick={() => window.location.reload()}>
        {t('app.reload')}
      </Button>
    </div>
  );
}
