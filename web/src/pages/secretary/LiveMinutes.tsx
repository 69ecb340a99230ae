import { Button, Textarea } from '@mantine/core';
import { useEffect, useEffectEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { at, isOver, pointName, type Board, type PastSpeech } from '../../conduct/board';
import { clockText } from '../../conduct/clock';
import { timeText } from '../../i18n/clock';
import { useDraft } from '../../live/drafts';
import type { After, Do } from '../../live/use-board';
import { Panel } from '../../parts/Panel';
import classes from './LiveMinutes.module.css';

interface LiveMinutesProps {
  readonly board: Board;
  readonly act: Do;
}

/** The course of the meeting, written while it runs: each item with its speeches, times taken from the log (MIN-01). */
export function LiveMinutes({ board, act }: LiveMinutesProps) {
  const { t } = useTranslation();
  const on = board.live.item?.id;
  const begun = board.plan.agenda.filter((item) => board.runs.some((run) => run.item === item.id));
  return (
    <Panel title={t('minutes.title')} aside={t('minutes.saved')} fill>
      {begun.length === 0 && <p className={classes.none}>{t('minutes.none')}</p>}
      {begun.map((_, index) => {
        // The item that is on stands first: it is the one that is written in.
        const item = begun[begun.length - 1 - index];
        if (!item) return null;
        const speeches = board.past.filter((speech) => speech.item === item.id);
        return (
          <article key={item.id} className={classes.item} data-on={item.id === on}>
            <h3 className={classes.title}>
              {board.plan.agenda.indexOf(item) + 1}. {item.title}
            </h3>
            <Written
              board={board}
              field={`item ${item.id}`}
              label={t('minutes.course')}
              hidden={t('minutes.courseOf', { title: item.title })}
              value={board.notes.items[item.id] ?? ''}
              onWritten={(text, after) => act({ do: 'note', with: { item: item.id, text } }, after)}
            />
            {speeches.map((speech) => (
              <Speech key={speech.number} board={board} speech={speech} act={act} />
            ))}
          </article>
        );
      })}
      <article className={classes.item}>
        <h3 className={classes.title}>{t('minutes.remark')}</h3>
        <Written board={board} field="remark" label={t('minutes.remarkHint')} hidden={t('minutes.remark')} value={board.notes.remark} onWritten={(text, after) => act({ do: 'note', with: { text } }, after)} />
        <ReadBack board={board} act={act} />
      </article>
    </Panel>
  );
}

/** The minutes were read back and agreed: it stands in them with its hour. */
function ReadBack({ board, act }: LiveMinutesProps) {
  const { t } = useTranslation();
  const read = at(board.notes.readBack);
  return (
    <div className={classes.read}>
      <Button variant="default" disabled={isOver(board) || board.live.phase === 'tap-hop'} onClick={() => act({ do: 'read-back', with: {} })}>
        {t('readBack.button')}
      </Button>
      {read > 0 && <span>{timeText(new Date(read))}</span>}
    </div>
  );
}

function Speech({ board, speech, act }: LiveMinutesProps & { readonly speech: PastSpeech }) {
  const { t } = useTranslation();
  const started = at(speech.started);
  const ended = at(speech.ended);
  return (
    <div className={classes.speech}>
      <p className={classes.who}>
        <time>{timeText(new Date(started))}</time>
        <strong>{[speech.speaker?.name, speech.speaker?.position].filter(Boolean).join(', ')}</strong>
        <span>{pointName(board, speech.point)}</span>
        {ended > 0 && <span>{clockText(ended - started)}</span>}
      </p>
      <Written
        board={board}
        field={`speech ${speech.number}`}
        label={t('minutes.speech')}
        hidden={t('minutes.speechOf', { number: speech.number })}
        value={speech.summary ?? ''}
        onWritten={(summary, after) => act({ do: 'note-speech', with: { number: speech.number, summary } }, after)}
      />
    </div>
  );
}

interface WrittenProps {
  readonly board: Board;
  readonly field: string;
  readonly label: string;
  readonly hidden: string;
  readonly value: string;
  readonly onWritten: (text: string, after: After) => void;
}

const restMs = 1_200;
const againMs = 5_000;

/**
 * Saves when the writer rests or leaves the field; what comes from outside never overwrites what is being typed. What
 * could not be saved stays in the field and is tried again.
 */
function Written({ board, field, label, hidden, value, onWritten }: WrittenProps) {
  const { t } = useTranslation();
  const { value: text, type, arrived } = useDraft<string>(board, field);
  const [failures, setFailures] = useState(0);
  // Whose seat was handed over is refused every time: he is told once, and tried again when he types again.
  const [barred, setBarred] = useState(false);
  const write = (written: string) =>
    onWritten(written, (fault) => {
      if (fault === null) arrived(written);
      setBarred(fault === 'right_missing');
      setFailures((before) => (fault === null ? 0 : before + 1));
    });
  // The board is told anew every second: a rest is one of the writer and not of the board.
  const save = useEffectEvent(write);
  useEffect(() => {
    if (text === undefined || text === value || barred) return undefined;
    const timer = setTimeout(() => save(text), failures === 0 ? restMs : againMs);
    return () => clearTimeout(timer);
  }, [text, value, failures, barred]);
  return (
    <Textarea
      autosize
      minRows={1}
      maxRows={12}
      aria-label={hidden}
      placeholder={label}
      value={text ?? value}
      error={failures > 0 && text !== undefined ? t('minutes.notSaved') : undefined}
      onChange={(event) => {
        setBarred(false);
        type(event.currentTarget.value);
      }}
      onBlur={() => {
        if (text === undefined) return;
        if (text === value) arrived(text);
        else write(text);
      }}
    />
  );
}
