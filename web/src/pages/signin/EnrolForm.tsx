import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { beginFactor } from '../../api/session';
import classes from './EnrolForm.module.css';
import { StageForm, type StageField } from './StageForm';

const code: readonly StageField[] = [{ name: 'code', kind: 'code', complete: 'one-time-code' }];

/** Sets up the second factor: the key is typed into the authenticator, its code proves that it works. */
export function EnrolForm({ fault, onCode }: { readonly fault: string; readonly onCode: (code: string) => Promise<void> }) {
  const { t } = useTranslation();
  const secret = useQuery({ queryKey: ['factor'], queryFn: beginFactor, staleTime: Number.POSITIVE_INFINITY, gcTime: 0, retry: false });
  return (
    <>
      <p className={classes.text}>{t('signIn.enrol')}</p>
      <p className={classes.secret} data-testid="factor-secret">
        {(secret.data?.secret ?? '').replaceAll(/(.{4})(?=.)/g, '$1 ')}
      </p>
      <StageForm fields={code} fault={fault} onSubmit={async (given) => onCode((given.code ?? '').trim())} />
    </>
  );
}
