import { useTranslation } from 'react-i18next';
import type { RecordingWord } from '../../conduct/recorder';
import classes from './RecordingSign.module.css';

/** Stays for as long as the meeting is recorded: people must be told, also those who look up later (ARC-01). */
export function RecordingSign({ word }: { readonly word: RecordingWord }) {
  const { t } = useTranslation();
  if (word === 'off') return null;
  return (
    <span className={classes.sign} data-word={word} data-testid="recording-sign">
      <span className={classes.dot} aria-hidden="true" />
      {t(word === 'on' ? 'room.recording' : 'room.recordingPaused')}
    </span>
  );
}
