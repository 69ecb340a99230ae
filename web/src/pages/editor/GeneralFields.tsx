import { Select, Textarea, TextInput } from '@mantine/core';
import { TimePicker } from '@mantine/dates';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Plan } from '../../conduct/board';
import { dayOf, timeText } from '../../i18n/clock';
import { timeAt } from '../../office/day';
import { isSecret, oneLine } from '../../office/draft';
import { DayInput } from '../../parts/DayInput';
import { Panel } from '../../parts/Panel';
import { meetingTypes } from '../office/CreateMeeting';
import fields from './fields.module.css';

const secrecies = ['khong', 'luu-hanh-noi-bo', 'mat', 'toi-mat', 'tuyet-mat'] as const;

// A new meeting asks for its name first.
const takeKeys = (field: HTMLTextAreaElement | null) => field?.focus();

interface GeneralFieldsProps {
  readonly plan: Plan;
  readonly onPlan: (plan: Plan) => void;
}

/** What the meeting is, when and where, and at which secrecy level (SEC-01). */
export function GeneralFields({ plan, onPlan }: GeneralFieldsProps) {
  const { t } = useTranslation();
  const [day, setDay] = useState(() => (plan.start ? dayOf(new Date(plan.start)) : ''));
  const [from, setFrom] = useState(() => (plan.start ? timeText(new Date(plan.start)) : ''));
  const [to, setTo] = useState(() => (plan.end ? timeText(new Date(plan.end)) : ''));
  const when = (nextDay: string, nextFrom: string, nextTo: string) => {
    setDay(nextDay);
    setFrom(nextFrom);
    setTo(nextTo);
    const { start: oldStart, end: oldEnd, ...rest } = plan;
    const start = timeAt(nextDay, nextFrom);
    const end = timeAt(nextDay, nextTo);
    void oldStart;
    void oldEnd;
    onPlan({ ...rest, ...(start ? { start } : {}), ...(end ? { end } : {}) });
  };
  const [fresh] = useState(plan.title === '');
  const combobox = { transitionProps: { duration: 0 } };
  return (
    <Panel title={t('editor.general')}>
      <div className={fields.fields}>
        <Textarea className={fields.wide ?? ''} size="md" label={t('editor.title')} autosize minRows={1} maxLength={500} ref={fresh ? takeKeys : null} value={plan.title} onChange={(event) => onPlan({ ...plan, title: oneLine(event.currentTarget.value) })} />
        <Select
          className={fields.two ?? ''}
          label={t('editor.type')}
          allowDeselect={false}
          value={plan.type}
          data={meetingTypes.map((type) => ({ value: type, label: t(`type.${type}`) }))}
          onChange={(type) => onPlan({ ...plan, type: type ?? plan.type })}
          comboboxProps={combobox}
        />
        <TextInput className={fields.two ?? ''} label={t('editor.host')} value={plan.host} onChange={(event) => onPlan({ ...plan, host: event.currentTarget.value })} />
        <Select
          className={fields.two ?? ''}
          label={t('editor.secrecy')}
          allowDeselect={false}
          value={plan.secrecy === '' ? null : plan.secrecy}
          data={secrecies.map((secrecy) => ({ value: secrecy, label: t(`secrecy.${secrecy}`) }))}
          onChange={(secrecy) => onPlan({ ...plan, secrecy: secrecy ?? '' })}
          comboboxProps={combobox}
        />
        {isSecret(plan.secrecy) && (
          <p role="alert" className={fields.fault}>
            {t('editor.secret')}
          </p>
        )}
        <DayInput className={fields.two ?? ''} size="md" label={t('editor.date')} value={day} onDay={(next) => when(next, from, to)} />
        <TimePicker className={fields.two ?? ''} size="md" format="24h" label={t('editor.start')} hoursInputLabel={t('editor.hours')} minutesInputLabel={t('editor.minutes')} value={from} onChange={(next) => when(day, next.slice(0, 5), to)} />
        <TimePicker className={fields.two ?? ''} size="md" format="24h" label={t('editor.end')} hoursInputLabel={t('editor.hours')} minutesInputLabel={t('editor.minutes')} value={to} onChange={(next) => when(day, from, next.slice(0, 5))} />
        <TextInput className={fields.wide ?? ''} label={t('editor.place')} value={plan.place ?? ''} onChange={(event) => onPlan({ ...plan, place: event.currentTarget.value })} />
      </div>
    </Panel>
  );
}
