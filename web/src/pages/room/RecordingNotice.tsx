import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RecordingWord } from '../../conduct/recorder';
import classes from './RoomNotices.module.css';

/** Long enough to be read aloud in a room; the sign in the head stays for as long as it is true. */
const toldMs = 30_000;

/** Tells of the recording when it begins, pauses and ends, and whoever comes later when he comes (ARC-01). */
export function RecordingNotice({ word }: { readonly word: RecordingWord }) {
  const { t } = useTranslation();
  const [told, setTold] = useState<{ readonly word: RecordingWord; readonly shown: boolean }>({ word: 'off', shown: false });
  if (told.word !== word) setTold({ word, shown: true });
  useEffect(() => {
    const timer = setTimeout(() => setTold({ word, shown: false }), toldMs);
    return () => clearTimeout(timer);
  }, [word]);
  if (!told.shown) return null;
  return (
    <p className={classes.notice} data-kind="recording" data-testid="recording-told">
      {t(`room.recordingTold.${word}`)}
    </p>
  );
}
