import { TextInput } from '@mantine/core';
import { TimePicker } from '@mantine/dates';
import { useTranslation } from 'react-i18next';
import { timeText } from '../../i18n/clock';
import { withHead, withHour } from '../../office/minutes';
import classes from './MinutesForm.module.css';
import type { FieldsProps } from './MinutesForm';

const seats = ['chair', 'secretary', 'technician'] as const;

/** What stands above the minutes, and who signs them. */
export function HeadFields({ fields, onFields }: FieldsProps) {
  const { t } = useTranslation();
  const { head } = fields;
  return (
    <section className={classes.part} aria-label={t('editor.general')}>
      <TextInput size="sm" label={t('editor.title')} maxLength={500} value={head.title} onChange={(event) => onFields(withHead(fields, { title: event.currentTarget.value }))} />
      <div className={classes.three}>
        <TextInput size="sm" label={t('editor.place')} maxLength={300} value={head.place} onChange={(event) => onFields(withHead(fields, { place: event.currentTarget.value }))} />
        {(['start', 'end'] as const).map((edge) => (
          <TimePicker
            key={edge}
            size="sm"
            format="24h"
            label={t(`editor.${edge}`)}
            hoursInputLabel={t('editor.hours')}
            minutesInputLabel={t('editor.minutes')}
            value={timeText(new Date(head[edge]))}
            onChange={(hour) => onFields(withHead(fields, { [edge]: withHour(head[edge], hour.slice(0, 5)) }))}
          />
        ))}
        {seats.map((seat) => (
          <div key={seat} className={classes.seat}>
            <TextInput size="sm" label={t(`editor.${seat}`)} maxLength={200} value={head[seat].name} onChange={(event) => onFields(withHead(fields, { [seat]: { ...head[seat], name: event.currentTarget.value } }))} />
            <TextInput size="sm" aria-label={`${t('editor.position')}: ${t(`editor.${seat}`)}`} placeholder={t('editor.position')} maxLength={200} value={head[seat].position ?? ''} onChange={(event) => onFields(withHead(fields, { [seat]: { ...head[seat], position: event.currentTarget.value } }))} />
          </div>
        ))}
      </div>
    </section>
  );
}
