import { Button, PasswordInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { fetchPasskeys, passkeysHere, signByPasskey } from '../../api/passkey';
import { Problem } from '../../api/problem';
import { fetchSession, fetchWays, proveSelf, type Session } from '../../api/session';
import { useSession } from '../office/use-session';

/** What proves within an act that it is he; what does not is thrown. */
export type Proof = () => Promise<unknown>;

interface Ways {
  readonly passkey: boolean;
  /** What the button to the provider says; empty for who did not come by it. */
  readonly provider: string;
}

/** How whoever is signed in can prove besides by password that it is he. */
export function useWaysToProve(): Ways {
  const me = useSession().data ?? null;
  const ways = useQuery({ queryKey: ['ways'], queryFn: fetchWays, staleTime: 300_000 }).data;
  const keys = useQuery({ queryKey: ['passkeys'], queryFn: fetchPasskeys, enabled: (me?.person ?? '') !== '' }).data;
  return {
    passkey: (ways?.passkeys ?? false) && passkeysHere() && (keys ?? []).length > 0,
    provider: me?.way === 'openid' ? (ways?.openid ?? '') : '',
  };
}

interface Asked {
  /** Something is given by which the act can be tried. */
  readonly given: boolean;
  /** Proves by what was typed, or by what happened at the provider since its button was pressed. */
  readonly typed: Proof;
  readonly clear: () => void;
  readonly field: ReactNode;
  /** The other ways, of which a passkey does the act at once. */
  readonly others: (act: (proof: Proof) => void, disabled: boolean) => ReactNode;
}

/** Whether he who asked at the provider proved there since. Both times are the bridge's: the clock of this machine may be wrong. */
export function provedSince(before: Session | null, now: Session | null): boolean {
  if (before?.person === undefined || now?.person !== before.person) return false;
  return Date.parse(now.proved ?? '') > Date.parse(before.proved ?? '1970-01-01');
}

/** Asks, within the sheet of an act, for the proof that the act wants: password, passkey, or the provider of the house. */
export function useProof(first = false): Asked {
  const { t } = useTranslation();
  const { passkey, provider } = useWaysToProve();
  const [password, setPassword] = useState('');
  // How things stood when the provider was asked; none while it was not.
  const [asked, setAsked] = useState<Promise<Session | null> | null>(null);
  return {
    given: password !== '' || (provider !== '' && asked !== null),
    typed: async () => {
      if (password !== '') return proveSelf(password);
      if (!provedSince(await asked, await fetchSession())) throw new Problem('account_prove_again');
      return undefined;
    },
    clear: () => setPassword(''),
    field: <PasswordInput label={t('doors.yourPassword')} autoComplete="current-password" value={password} onChange={(event) => setPassword(event.currentTarget.value)} {...(first ? { 'data-autofocus': true } : {})} />,
    others: (act, disabled) => (
      <>
        {passkey && (
          <Button variant="default" disabled={disabled} onClick={() => act(signByPasskey)}>
            {t('doors.byPasskey')}
          </Button>
        )}
        {provider !== '' && (
          <Button variant="default" component="a" href="/api/session/openid?again=true" target="_blank" rel="noopener" onClick={() => setAsked(fetchSession().catch(() => null))}>
            {provider}
          </Button>
        )}
      </>
    ),
  };
}
