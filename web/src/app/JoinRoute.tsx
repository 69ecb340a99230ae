import { useTranslation } from 'react-i18next';
import { JoinPage } from '../pages/join/JoinPage';
import { MachineStart } from '../pages/home/MachineStart';
import { useSession } from '../pages/office/use-session';
import { entrance } from './media-door';
import { Notice } from './Notice';

/** The first page: a room's machine waits here for its meetings, anybody else says where he wants to go. */
export function JoinRoute() {
  const { t } = useTranslation();
  const session = useSession();
  if (session.data?.point) return <MachineStart point={session.data.point} />;
  if (session.isPending && session.failureCount === 0) return <Notice title={t('app.loading')} />;
  return <JoinPage entrance={entrance} room="" machine={null} />;
}
