import { useNavigate, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { JoinPage } from '../pages/join/JoinPage';
import { MeetingPage } from '../pages/meeting/MeetingPage';
import { entrance } from './media-door';
import { Notice } from './Notice';
import { useStore } from './use-store';

export function RoomRoute() {
  const { t } = useTranslation();
  const { room = '' } = useParams({ strict: false });
  const navigate = useNavigate();
  const { session, resuming } = useStore(entrance.state);
  if (session) return <MeetingPage key={room} session={session} onLeft={() => void navigate({ to: '/' })} />;
  if (resuming) return <Notice title={t('meeting.connecting')} />;
  return <JoinPage entrance={entrance} room={room} />;
}
