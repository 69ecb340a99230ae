import { ActionIcon, Button, Textarea, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { timeText } from '../../i18n/clock';
import { newKey } from '../../live/acts';
import { addTask, dropTask, listed, withTask, withTrouble } from '../../office/minutes';
import { DayInput } from '../../parts/DayInput';
import classes from './MinutesForm.module.css';
import type { FieldsProps } from './MinutesForm';

/** What was concluded: tasks with lead unit and deadline, of which the notice is made (MIN-05); and what was done about incidents. */
export function ConclusionFields({ fields, onFields }: FieldsProps) {
  const { t } = useTranslation();
  return (
    <section className={classes.part} aria-label={t('writing.conclusion')}>
      <h3 className={classes.title}>{t('writing.conclusion')}</h3>
      <Textarea size="sm" autosize minRows={2} maxLength={20_000} label={t('writing.remark')} value={fields.remark ?? ''} onChange={(event) => onFields({ ...fields, remark: event.currentTarget.value })} />
      {(fields.tasks ?? []).map((task, index) => (
        <div key={task.id} className={classes.task} data-testid="minutes-task">
          <Textarea className={classes.rest ?? ''} size="sm" autosize minRows={1} maxLength={2_000} label={`${index + 1}. ${t('task.content')}`} value={task.content} onChange={(event) => onFields(withTask(fields, index, { content: event.currentTarget.value }))} />
          <TextInput size="sm" label={t('task.lead')} maxLength={300} value={task.lead} onChange={(event) => onFields(withTask(fields, index, { lead: event.currentTarget.value }))} />
          <TextInput size="sm" label={t('task.support')} maxLength={600} defaultValue={(task.support ?? []).join('; ')} onChange={(event) => onFields(withTask(fields, index, { support: listed(event.currentTarget.value) }))} />
          <DayInput label={t('task.due')} value={task.due} onDay={(due) => onFields(withTask(fields, index, { due }))} />
          <ActionIcon variant="default" size={34} aria-label={t('writing.dropTask', { number: index + 1 })} onClick={() => onFields(dropTask(fields, index))}>
            ×
          </ActionIcon>
        </div>
      ))}
      <div>
        <Button size="sm" variant="default" onClick={() => onFields(addTask(fields, newKey()))}>
          {t('writing.addTask')}
        </Button>
      </div>
      {(fields.troubles ?? []).map((trouble, index) => {
        const name = `${timeText(new Date(trouble.from))} ${trouble.pointName}`;
        // Incidents have no names of their own: their place is what they are.
        // oxlint-disable-next-line react/no-array-index-key
        return <Textarea key={index} size="sm" autosize minRows={1} maxLength={2_000} label={t('writing.trouble', { name })} value={trouble.handling ?? ''} onChange={(event) => onFields(withTrouble(fields, index, { handling: event.currentTarget.value }))} />;
      })}
    </section>
  );
}
