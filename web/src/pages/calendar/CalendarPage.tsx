import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fetchMeeting, fetchMeetings, saveMeeting, type EditReason, type MeetingLine } from '../../api/meetings';
import { Problem } from '../../api/problem';
import { useNow } from '../../app/use-now';
import { dayOf } from '../../i18n/clock';
import { addDays, monthDays, weekDays } from '../../office/day';
import { movedTo } from '../../office/draft';
import { OfficeShell } from '../office/OfficeShell';
import { Calendar, type Span } from './Calendar';

/** The calendar with its meetings; moving one saves it on its new day. */
export function CalendarPage() {
  const { t } = useTranslation();
  const now = useNow(30_000);
  const client = useQueryClient();
  const [span, setSpan] = useState<Span>('week');
  // Until another is chosen it is today by the bridge's clock, which is known after its first answer only.
  const [chosen, setDay] = useState<Date | null>(null);
  const day = chosen ?? new Date(now);
  const days = span === 'week' ? weekDays(day) : monthDays(day);
  const from = dayOf(days[0] ?? day);
  const to = dayOf(addDays(days.at(-1) ?? day, 1));
  const lines = useQuery({ queryKey: ['meetings', from, to], queryFn: async () => fetchMeetings(from, to) });
  const failed = (error: unknown) => {
    const problem = error instanceof Problem ? error : new Problem('unknown');
    const message = problem.places.map((place) => place.message).find(Boolean) ?? t(`problem.${problem.code}`, { seconds: 30 });
    notifications.show({ color: 'red', title: t('board.refused'), message });
  };
  const move = useMutation({
    mutationFn: async ({ line, to: target, reason }: { line: MeetingLine; to: string; reason: EditReason }) => {
      const view = await fetchMeeting(line.id);
      await saveMeeting(view, movedTo(view.plan, target), reason);
    },
    onSuccess: () => notifications.show({ message: t('calendar.moved') }),
    onError: failed,
    onSettled: async () => client.invalidateQueries({ queryKey: ['meetings'] }),
  });
  return (
    <OfficeShell>
      <Calendar
        span={span}
        day={day}
        days={days}
        lines={lines.data ?? []}
        loaded={lines.isSuccess}
        now={now}
        onSpan={setSpan}
        onDay={setDay}
        onMove={(line, target, reason) => move.mutate({ line, to: target, reason })}
      />
    </OfficeShell>
  );
}
