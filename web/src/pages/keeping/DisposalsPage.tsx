import { useTranslation } from 'react-i18next';
import { useSession } from '../office/use-session';
import { DisposalCard } from './DisposalCard';
import classes from './Keeping.module.css';
import { KeepingShell } from './KeepingShell';
import { useDisposals, useFault } from './use-keeping';

/** Lists that wait for the second person, and the records of what was erased (ARC-06). */
export function DisposalsPage() {
  const { t } = useTranslation();
  const disposals = useDisposals();
  const session = useSession().data ?? null;
  const fault = useFault();
  const all = disposals.data ?? [];
  return (
    <KeepingShell>
      {all.length === 0 && (
        <p className={classes.bar} role="status">
          {disposals.isError ? fault(disposals.error) : disposals.isPending ? t('app.loading') : t('disposal.none')}
        </p>
      )}
      {session && all.map((each) => <DisposalCard key={each.id} disposal={each} session={session} />)}
    </KeepingShell>
  );
}
