import { Button } from '@mantine/core';
import { TimePicker } from '@mantine/dates';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fetchRehearsals, planRehearsal } from '../../api/meetings';
import { Problem } from '../../api/problem';
import { dateText, dayOf, timeText } from '../../i18n/clock';
import { addDays, timeAt } from '../../office/day';
import { DayInput } from '../../parts/DayInput';
import { Panel } from '../../parts/Panel';
import editor from './Editor.module.css';
import fields from './fields.module.css';

const hour = (time: string) => timeText(new Date(time));

/** Test runs of a meeting: the room at another time, never recorded; usually the day before (SCH-06). */
export function Rehearsals({ meeting, start }: { readonly meeting: string; readonly start: string | undefined }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const runs = useQuery({ queryKey: ['rehearsals', meeting], queryFn: async () => fetchRehearsals(meeting), retry: false });
  const [day, setDay] = useState(start ? dayOf(addDays(new Date(start), -1)) : '');
  const [from, setFrom] = useState('14:00');
  const [to, setTo] = useState('15:00');
  const [begin, end] = [timeAt(day, from), timeAt(day, to)];
  const plan = useMutation({
    mutationFn: async () => planRehearsal(meeting, begin ?? '', end ?? ''),
    onSuccess: async () => Promise.all([['rehearsals', meeting], ['meetings']].map(async (queryKey) => client.invalidateQueries({ queryKey }))),
  });
  const problem = plan.error instanceof Problem ? plan.error : null;
  const live = (runs.data ?? []).filter((run) => run.off !== true);
  return (
    <Panel title={t('rehearsal.title')} aside={live.length > 0 ? live.length : undefined}>
      <div className={editor.check}>
        {live.map((run) => (
          <p key={run.id ?? run.start} className={editor.deadlines} data-testid="rehearsal">
            {hour(run.start)}–{hour(run.end)} · {dateText(new Date(run.start))}
          </p>
        ))}
        <div className={fields.fields}>
          <DayInput className={fields.two ?? ''} label={t('rehearsal.day')} value={day} onDay={setDay} />
          <TimePicker className={fields.two ?? ''} size="sm" format="24h" label={t('editor.start')} hoursInputLabel={t('editor.hours')} minutesInputLabel={t('editor.minutes')} value={from} onChange={(next) => setFrom(next.slice(0, 5))} />
          <TimePicker className={fields.two ?? ''} size="sm" format="24h" label={t('editor.end')} hoursInputLabel={t('editor.hours')} minutesInputLabel={t('editor.minutes')} value={to} onChange={(next) => setTo(next.slice(0, 5))} />
        </div>
        {problem && (
          <p role="alert" className={editor.fault}>
            {problem.places.map((place) => place.message).find(Boolean) ?? t(`problem.${problem.code}`, { seconds: 30 })}
          </p>
        )}
        <div>
          <Button size="sm" variant="default" loading={plan.isPending} disabled={begin === undefined || end === undefined || begin >= end} onClick={() => plan.mutate()}>
            {t('rehearsal.plan')}
          </Button>
        </div>
      </div>
    </Panel>
  );
}
