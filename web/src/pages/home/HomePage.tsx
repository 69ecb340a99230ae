import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { Navigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Problem } from '../../api/problem';
import { fetchMeetings, reply, type NewReply } from '../../api/meetings';
import { fetchRecordings } from '../../archive/desk';
import { Notice } from '../../app/Notice';
import { useNow } from '../../app/use-now';
import { dayOf } from '../../i18n/clock';
import { addDays } from '../../office/day';
import { OfficeShell } from '../office/OfficeShell';
import { useSession } from '../office/use-session';
import { Home } from './Home';

const daysAhead = 8;
/** How long a recording that is ready stays among what is told, days. */
const toldFor = 3;

/** The first page of somebody who is signed in. */
export function HomePage() {
  const { t } = useTranslation();
  const now = useNow(10_000);
  const session = useSession();
  const client = useQueryClient();
  const today = new Date(now);
  const from = dayOf(today);
  const meetings = useQuery({
    queryKey: ['meetings', from],
    queryFn: async () => fetchMeetings(from, dayOf(addDays(today, daysAhead))),
    enabled: Boolean(session.data),
    refetchInterval: 60_000,
  });
  const writes = session.data?.rights.includes('thu-ky') ?? false;
  const ready = useQuery({
    queryKey: ['recordings', 'ready', from],
    queryFn: async () => (await fetchRecordings({ q: '', speaker: '', from: addDays(today, -toldFor).toISOString(), to: '', unit: '', state: '' })).filter((each) => !each.running),
    enabled: writes,
    refetchInterval: 30_000,
  });
  const replying = useMutation({
    mutationFn: async ({ meeting, point, answer }: { meeting: string; point: string; answer: NewReply }) => reply(meeting, point, answer),
    onSuccess: () => notifications.show({ closeButtonProps: { 'aria-label': t('app.close') }, message: t('reply.sent') }),
    onError: (error) => {
      const problem = error instanceof Problem ? error : new Problem('unknown');
      const message = problem.places.map((place) => place.message).find(Boolean) ?? t(`problem.${problem.code}`, { seconds: 30 });
      notifications.show({ closeButtonProps: { 'aria-label': t('app.close') }, color: 'red', title: t('board.refused'), message });
    },
    onSettled: async () => client.invalidateQueries({ queryKey: ['meetings'] }),
  });
  if (session.isPending) return <Notice title={t('app.loading')} />;
  if (!session.data) {
    if (!session.isError) return <Navigate to="/dang-nhap" replace />;
    return (
      <Notice title={t('app.unreachable')}>
        <Button size="lg" onClick={() => void session.refetch()}>
          {t('app.retry')}
        </Button>
      </Notice>
    );
  }
  return (
    <OfficeShell>
      <Home session={session.data} lines={meetings.data ?? []} ready={ready.data ?? []} loading={meetings.isPending} now={now} replying={replying.isPending} onReply={(meeting, point, answer, onSent) => replying.mutate({ meeting, point, answer }, { onSuccess: () => onSent?.() })} />
    </OfficeShell>
  );
}
