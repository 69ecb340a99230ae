import { Button, TextInput } from '@mantine/core';
import { useState, type SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Board } from '../../conduct/board';
import { timeText } from '../../i18n/clock';
import type { Do } from '../../live/use-board';
import classes from './ChapterMark.module.css';

/** Marks this moment for whoever looks at the recording later: one press is enough, a name may be typed before. */
export function ChapterMark({ board, now, act }: { readonly board: Board; readonly now: number; readonly act: Do }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const [said, setSaid] = useState('');
  const [sending, setSending] = useState(false);
  const item = board.plan.agenda.find(({ id }) => id === board.live.item?.id);
  const text = typed.trim() || (item?.title ?? board.plan.title);
  const mark = (event: SyntheticEvent) => {
    event.preventDefault();
    if (sending) return;
    setSaid('');
    setSending(true);
    act({ do: 'chapter', with: { text } }, (fault) => {
      setSending(false);
      if (fault !== null) return;
      setSaid(t('chapter.done', { time: timeText(new Date(now)), text }));
      setTyped((before) => (before === typed ? '' : before));
    });
  };
  return (
    <form className={classes.form} onSubmit={mark}>
      <TextInput className={classes.text ?? ''} size="sm" aria-label={t('chapter.text')} placeholder={t('chapter.hint')} maxLength={200} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} />
      <Button type="submit" size="sm" variant="default" disabled={sending}>
        {t('chapter.button')}
      </Button>
      {said !== '' && (
        <p className={classes.said} role="status">
          {said}
        </p>
      )}
    </form>
  );
}
