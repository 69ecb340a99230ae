import { useTranslation } from 'react-i18next';
import { JoinPage } from '../pages/join/JoinPage';
import { MeetingPage } from '../pages/meeting/MeetingPage';
import type { Entrance } from './entrance';
import { Notice } from './Notice';
import type { Router } from './route';
import { useStore } from './use-store';

export function App({ router, entrance }: { readonly router: Router; readonly entrance: Entrance }) {
  const { t } = useTranslation();
  const route = useStore(router.route);
  const { session, resuming } = useStore(entrance.state);
  if (route.page === 'meeting' && session) {
    return <MeetingPage key={route.room} session={session} onLeft={() => router.go({ page: 'join' })} />;
  }
  if (route.page === 'meeting' && resuming) return <Notice title={t('meeting.connecting')} />;
  return <JoinPage entrance={entrance} room={route.page === 'meeting' ? route.room : ''} />;
}
