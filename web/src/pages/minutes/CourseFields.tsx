import { Textarea, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { timeText } from '../../i18n/clock';
import { withItem, withSpeech, type Speech } from '../../office/minutes';
import classes from './MinutesForm.module.css';
import type { FieldsProps } from './MinutesForm';

/** What was said, item by item, and by whom. */
export function CourseFields({ fields, onFields }: FieldsProps) {
  const { t } = useTranslation();
  const speeches = (all: readonly Speech[] | null | undefined, item: number | null) =>
    (all ?? []).map((speech, index) => <SpeechFields key={speech.number} speech={speech} onSpeech={(part) => onFields(withSpeech(fields, item, index, part))} />);
  return (
    <section className={classes.part} aria-label={t('writing.course')}>
      <h3 className={classes.title}>{t('writing.course')}</h3>
      {(fields.items ?? []).map((item, index) => (
        <div key={item.number} className={classes.item} data-testid="minutes-item">
          <Textarea size="sm" autosize minRows={2} maxLength={20_000} label={`${item.number}. ${item.item.title}`} value={item.course ?? ''} onChange={(event) => onFields(withItem(fields, index, { course: event.currentTarget.value }))} />
          {speeches(item.speeches, index)}
        </div>
      ))}
      {speeches(fields.others, null)}
    </section>
  );
}

function SpeechFields({ speech, onSpeech }: { readonly speech: Speech; readonly onSpeech: (part: Partial<Speech>) => void }) {
  const { t } = useTranslation();
  const name = `${timeText(new Date(speech.started))} ${speech.pointName}`;
  const speaker = speech.speaker ?? { name: '' };
  return (
    <div className={classes.speech}>
      <span className={classes.name}>{name}</span>
      <TextInput size="sm" aria-label={t('writing.speaker', { name })} placeholder={t('writing.speakerName')} maxLength={200} value={speaker.name} onChange={(event) => onSpeech({ speaker: { ...speaker, name: event.currentTarget.value } })} />
      <TextInput size="sm" aria-label={t('writing.speakerPosition', { name })} placeholder={t('editor.position')} maxLength={200} value={speaker.position ?? ''} onChange={(event) => onSpeech({ speaker: { ...speaker, position: event.currentTarget.value } })} />
      <Textarea className={classes.rest ?? ''} size="sm" autosize minRows={1} maxLength={20_000} aria-label={t('writing.summary', { name })} placeholder={t('writing.summaryHint')} value={speech.summary ?? ''} onChange={(event) => onSpeech({ summary: event.currentTarget.value })} />
    </div>
  );
}
