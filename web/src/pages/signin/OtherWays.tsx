import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { passkeysHere } from '../../api/passkey';
import { fetchWays } from '../../api/session';
import classes from './SignInPage.module.css';

interface OtherWaysProps {
  /** The provider is asked first, or not at all: a second factor is ours. */
  readonly provider: boolean;
  readonly onPasskey: () => void;
}

/** How one comes in besides by a password: the provider of the house, and passkeys. */
export function OtherWays({ provider, onPasskey }: OtherWaysProps) {
  const { t } = useTranslation();
  const ways = useQuery({ queryKey: ['ways'], queryFn: fetchWays, staleTime: 300_000, retry: false }).data;
  const openid = provider ? (ways?.openid ?? '') : '';
  const passkeys = (ways?.passkeys ?? false) && passkeysHere();
  if (openid === '' && !passkeys) return null;
  return (
    <div className={classes.others}>
      <p className={classes.or}>{t('doors.or')}</p>
      {openid !== '' && (
        <Button component="a" href="/api/session/openid" variant="default" size="lg" fullWidth>
          {openid}
        </Button>
      )}
      {passkeys && (
        <Button variant="default" size="lg" fullWidth onClick={onPasskey}>
          {t('doors.byPasskey')}
        </Button>
      )}
    </div>
  );
}
