import { Button, Checkbox, Modal, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  changeAccount, disableAccount, dropFactor, enableAccount, endAllSessions, freeProvider, makeAccount, resetPassword, rights,
  type AccountFields, type AccountView, type MadeAccount, type Place,
} from '../../api/accounts';
import { ConfirmButton } from '../../parts/ConfirmButton';
import type { useProved } from '../account/use-proved';
import classes from './Accounts.module.css';

interface AccountSheetProps {
  /** Null makes a new one. */
  readonly account: AccountView | null;
  readonly places: readonly Place[];
  readonly proved: ReturnType<typeof useProved>;
  readonly onMade: (made: MadeAccount) => void;
  readonly onClose: () => void;
}

/** One account: what it is, and what is done about it. Whoever loses rights is signed out. */
export function AccountSheet({ account, places, proved, onMade, onClose }: AccountSheetProps) {
  const { t } = useTranslation();
  const [user, setUser] = useState('');
  const [fields, setFields] = useState<AccountFields>({ name: account?.name ?? '', position: account?.position ?? '', unit: account?.unit ?? '', rights: [...(account?.rights ?? [])] });
  const save = () =>
    proved.act(async () => {
      if (account === null) onMade(await makeAccount(user.trim(), fields));
      else {
        await changeAccount(account.person, fields);
        onClose();
      }
    });
  const known = places.some((place) => place.id === fields.unit) || !fields.unit;
  const units = [...(known ? [] : [{ id: fields.unit ?? '', name: fields.unit ?? '' }]), ...places];
  return (
    <Modal opened onClose={onClose} size={760} centered title={<strong>{account?.name ?? t('accounts.add')}</strong>} transitionProps={{ duration: 0 }} closeButtonProps={{ 'aria-label': t('app.close') }} attributes={{ header: { role: 'presentation' } }}>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        {account === null && (
          <TextInput label={t('accounts.user')} description={t('accounts.userHint')} maxLength={64} autoComplete="off" value={user} onChange={(event) => setUser(event.currentTarget.value)} data-autofocus />
        )}
        <TextInput label={t('accounts.name')} maxLength={120} value={fields.name} onChange={(event) => setFields({ ...fields, name: event.currentTarget.value })} />
        <TextInput label={t('accounts.position')} maxLength={120} value={fields.position ?? ''} onChange={(event) => setFields({ ...fields, position: event.currentTarget.value })} />
        <Select
          label={t('accounts.unit')}
          description={t('accounts.unitHint')}
          placeholder={t('accounts.house')}
          searchable
          clearable
          data={units.map(({ id, name }) => ({ value: id, label: name }))}
          value={fields.unit ? fields.unit : null}
          onChange={(unit) => setFields({ ...fields, unit: unit ?? '' })}
        />
        <Checkbox.Group label={t('accounts.rights')} value={fields.rights} onChange={(chosen) => setFields({ ...fields, rights: chosen })} className={classes.wide}>
          <div className={classes.rights}>
            {rights.map((right) => (
              <Checkbox key={right} value={right} label={t(`accounts.right.${right}`)} />
            ))}
          </div>
        </Checkbox.Group>
        {proved.fault !== '' && (
          <p role="alert" className={classes.fault}>
            {proved.fault}
          </p>
        )}
        <Button type="submit" className={classes.save} loading={proved.busy} disabled={fields.name.trim() === '' || (account === null && user.trim() === '')}>
          {t(account === null ? 'accounts.make' : 'accounts.save')}
        </Button>
      </form>
      {account !== null && <Deeds account={account} proved={proved} onMade={onMade} />}
    </Modal>
  );
}

function Deeds({ account, proved, onMade }: { readonly account: AccountView; readonly proved: ReturnType<typeof useProved>; readonly onMade: (made: MadeAccount) => void }) {
  const { t } = useTranslation();
  const does = (deed: (person: string) => Promise<unknown>) => () => proved.act(async () => void (await deed(account.person)));
  const common = { variant: 'default', disabled: proved.busy } as const;
  return (
    <div className={classes.deeds}>
      <ConfirmButton {...common} onConfirm={() => proved.act(async () => onMade(await resetPassword(account.person)))}>
        {t('accounts.reset')}
      </ConfirmButton>
      {account.secondFactor && (
        <ConfirmButton {...common} onConfirm={does(dropFactor)}>
          {t('accounts.dropFactor')}
        </ConfirmButton>
      )}
      {account.openid && (
        <ConfirmButton {...common} onConfirm={does(freeProvider)}>
          {t('accounts.freeProvider')}
        </ConfirmButton>
      )}
      <ConfirmButton {...common} onConfirm={does(endAllSessions)}>
        {t('accounts.signOut')}
      </ConfirmButton>
      {(account.disabled || account.idle || account.locked) && (
        <Button {...common} onClick={does(enableAccount)}>
          {t(account.disabled || account.idle ? 'accounts.enable' : 'accounts.unlock')}
        </Button>
      )}
      {!account.disabled && (
        <ConfirmButton {...common} onConfirm={does(disableAccount)}>
          {t('accounts.disable')}
        </ConfirmButton>
      )}
    </div>
  );
}
