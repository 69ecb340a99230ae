import { useNavigate, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { JoinPage } from '../pages/join/JoinPage';
import { usePlan } from '../live/use-plan';
import { MeetingPage } from '../pages/meeting/MeetingPage';
import { useSession } from '../pages/office/use-session';
import { entrance } from './media-door';
import { Notice } from './Notice';
import { useStore } from './use-store';

export function RoomRoute() {
  const { t } = useTranslation();
  const { room = '' } = useParams({ strict: false });
  const navigate = useNavigate();
  const { session, resuming } = useStore(entrance.state);
  const known = useSession().data ?? null;
  const plan = usePlan(known ? room : null);
  if (session) return <MeetingPage key={room} session={session} onLeft={() => void navigate({ to: '/' })} />;
  if (resuming) return <Notice title={t('meeting.connecting')} />;
  const machine = known?.point ? { point: plan?.points.find((point) => point.id === known.point)?.name ?? known.point, title: plan?.title ?? '' } : null;
  return <JoinPage key={machine?.point ?? ''} entrance={entrance} room={room} machine={machine} />;
}
