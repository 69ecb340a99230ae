import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Problem } from '../api/problem';
import { Notice } from './Notice';

/** A page that the bridge does not give: why, and the way on. */
export function Refusal({ error }: { readonly error: unknown }) {
  const { t } = useTranslation();
  const { code, status } = error instanceof Problem ? error : new Problem('unknown');
  const signedOut = status === 401;
  return (
    <Notice title={t('app.cannot')} text={t(`problem.${code}`, { seconds: 30 })}>
      <Button size="lg" component="a" href={signedOut ? '/dang-nhap' : '/trang-chu'}>
        {signedOut ? t('signIn.title') : t('home.title')}
      </Button>
    </Notice>
  );
}
