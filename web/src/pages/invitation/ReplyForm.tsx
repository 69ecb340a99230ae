import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { useState, type SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { NewReply, Reply } from '../../api/meetings';
import { Panel } from '../../parts/Panel';
import classes from './ReplyForm.module.css';

const answers = ['tham-du', 'vang', 'cu-nguoi-du-thay'] as const;

/** Attends, is absent with a reason, or sends a substitute who then waits for consent (SCH-05). */
export function ReplyForm({ reply, onReply }: { readonly reply: Reply | null; readonly onReply: (answer: NewReply) => void }) {
  const { t } = useTranslation();
  const given = answers.find((each) => each === reply?.answer);
  const [answer, setAnswer] = useState<(typeof answers)[number]>(given ?? 'tham-du');
  const [reason, setReason] = useState(reply?.reason ?? '');
  const [name, setName] = useState(reply?.substitute?.name ?? '');
  const [position, setPosition] = useState(reply?.substitute?.position ?? '');
  const ready = answer === 'tham-du' || (answer === 'vang' ? reason.trim() !== '' : name.trim() !== '');
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (!ready) return;
    onReply({
      answer,
      ...(answer === 'vang' ? { reason: reason.trim() } : {}),
      ...(answer === 'cu-nguoi-du-thay' ? { substitute: { name: name.trim(), position: position.trim() } } : {}),
    });
  };
  return (
    <Panel title={t('reply.title')} aside={given && t('reply.now', { answer: t(`editor.reply.${given}`) })}>
      <form className={classes.form} onSubmit={submit}>
        <SegmentedControl
          aria-label={t('reply.answer')}
          transitionDuration={0}
          value={answer}
          onChange={(value) => setAnswer(answers.find((each) => each === value) ?? answer)}
          data={answers.map((each) => ({ value: each, label: t(`editor.reply.${each}`) }))}
        />
        {answer === 'vang' && <TextInput label={t('reply.reason')} maxLength={2_000} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />}
        {answer === 'cu-nguoi-du-thay' && (
          <div className={classes.pair}>
            <TextInput label={t('reply.name')} maxLength={200} value={name} onChange={(event) => setName(event.currentTarget.value)} />
            <TextInput label={t('reply.position')} maxLength={200} value={position} onChange={(event) => setPosition(event.currentTarget.value)} />
          </div>
        )}
        {reply?.consent && <p className={classes.consent}>{t(`reply.consent.${reply.consent}`)}</p>}
        <Button type="submit" size="md" disabled={!ready}>
          {t('reply.send')}
        </Button>
      </form>
    </Panel>
  );
}
