import { Button, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Navigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fetchAccounts, fetchPlaces, type AccountView, type MadeAccount } from '../../api/accounts';
import { Notice } from '../../app/Notice';
import { dateText, dayOf, timeText } from '../../i18n/clock';
import table from '../../parts/table.module.css';
import { useProved } from '../account/use-proved';
import { useSession } from '../office/use-session';
import { WatchShell } from '../status/WatchShell';
import { AccountSheet } from './AccountSheet';
import classes from './Accounts.module.css';
import { OncePassword } from './OncePassword';
import { standingOf, type AccountStanding } from './standing';

const marks: Readonly<Record<AccountStanding, string>> = { active: 'good', locked: 'bad', closing: 'soon', disabled: 'off' };
const never = 1_000_000_000_000;
const seenText = (time: string) => (Date.parse(time) < never ? '–' : `${dateText(new Date(time))} ${timeText(new Date(time))}`);

const fits = (account: AccountView, unit: string, text: string) =>
  [account.name, account.user, account.position ?? '', unit].some((each) => each.toLocaleLowerCase('vi').includes(text.trim().toLocaleLowerCase('vi')));

/** Accounts of the administrator's unit and below: who there is, what he may do, and what an administrator does about it. */
export function AccountsPage() {
  const { t } = useTranslation();
  const session = useSession();
  const admin = session.data?.rights.includes('quan-tri') ?? false;
  const accounts = useQuery({ queryKey: ['accounts'], queryFn: fetchAccounts, enabled: admin });
  const places = useQuery({ queryKey: ['places'], queryFn: async () => fetchPlaces(dayOf(new Date())), enabled: admin, staleTime: 60_000 });
  const proved = useProved();
  const [text, setText] = useState('');
  const [open, setOpen] = useState<AccountView | 'new' | null>(null);
  const [made, setMade] = useState<MadeAccount | null>(null);
  if (session.isPending) return <Notice title={t('app.loading')} />;
  if (!admin) return <Navigate to="/trang-chu" replace />;
  const unitName = (id?: string) => (id ? (places.data?.find((place) => place.id === id)?.name ?? id) : t('accounts.house'));
  const shown = (accounts.data ?? []).filter((account) => fits(account, unitName(account.unit), text));
  return (
    <WatchShell>
      <div className={classes.bar}>
        <TextInput size="sm" className={classes.find} aria-label={t('accounts.find')} placeholder={t('accounts.find')} value={text} onChange={(event) => setText(event.currentTarget.value)} />
        <Button onClick={() => setOpen('new')}>{t('accounts.add')}</Button>
      </div>
      {proved.fault !== '' && open === null && (
        <p role="alert" className={classes.fault}>
          {proved.fault}
        </p>
      )}
      {made && <OncePassword made={made} onClose={() => setMade(null)} />}
      <div className={table.sheet}>
        <table className={`${table.table ?? ''} ${table.stacked ?? ''}`}>
          <thead>
            <tr>
              <th>{t('accounts.name')}</th>
              <th>{t('accounts.user')}</th>
              <th>{t('accounts.unit')}</th>
              <th>{t('accounts.rights')}</th>
              <th>{t('accounts.standing')}</th>
              <th>{t('accounts.seen')}</th>
              <th aria-label={t('accounts.open')} />
            </tr>
          </thead>
          <tbody>
            {shown.map((account) => {
              const standing = standingOf(account);
              return (
                <tr key={account.person} data-testid={`account-${account.user}`}>
                  <td>
                    <strong>{account.name}</strong>
                    {account.position && <div className={table.soft}>{account.position}</div>}
                  </td>
                  <td data-label={t('accounts.user')}>{account.user}</td>
                  <td data-label={t('accounts.unit')}>{unitName(account.unit)}</td>
                  <td data-label={t('accounts.rights')}>{account.rights.map((right) => t(`accounts.right.${right as 'chu-tri'}`)).join(', ') || '–'}</td>
                  <td className={classes.standing} data-label={t('accounts.standing')} data-mark={marks[standing]}>
                    {t(`accounts.standings.${standing}`)}
                  </td>
                  <td className={classes.time} data-label={t('accounts.seen')}>{seenText(account.seen)}</td>
                  <td className={classes.end}>
                    <Button variant="default" size="xs" aria-label={`${t('accounts.open')}: ${account.name}`} onClick={() => setOpen(account)}>
                      {t('accounts.open')}
                    </Button>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
        {shown.length === 0 && !accounts.isPending && <p className={table.empty}>{t('accounts.none')}</p>}
      </div>
      {open !== null && (
        <AccountSheet
          key={open === 'new' ? 'new' : open.person}
          account={open === 'new' ? null : ((accounts.data ?? []).find((each) => each.person === open.person) ?? open)}
          places={places.data ?? []}
          proved={proved}
          onMade={(account) => {
            setMade(account);
            setOpen(null);
          }}
          onClose={() => setOpen(null)}
        />
      )}
      {proved.dialog}
    </WatchShell>
  );
}
