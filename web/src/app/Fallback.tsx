import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Notice } from './Notice';

/** A page that is being fetched: nothing moves in the first moment. */
export function Pending() {
  const { t } = useTranslation();
  return <Notice title={t('app.loading')} />;
}

export function Broken() {
  const { t } = useTranslation();
  return (
    <Notice title={t('app.broken')} text={t('app.brokenText')}>
      <Button size="lg" onClick={() => window.location.reload()}>
        {t('app.reload')}
      </Button>
    </Notice>
  );
}

export function Unknown() {
  const { t } = useTranslation();
  return (
    <Notice title={t('app.noPage')} text={t('app.noPageText')}>
      <Button size="lg" component="a" href="/">
        {t('over.home')}
      </Button>
    </Notice>
  );
}
