import { Button, Select, TextInput } from '@mantine/core';
import { useState, type SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Board, Motion, Voter } from '../../conduct/board';
import { newKey } from '../../live/acts';
import { useDraft } from '../../live/drafts';
import type { Do } from '../../live/use-board';
import { Panel } from '../../parts/Panel';
import classes from './MotionForm.module.css';
import { VotersDialog } from './VotersDialog';

function choice<Value extends string>(label: string, value: Value, set: (value: Value) => void, data: { value: Value; label: string }[]) {
  return (
    <Select
      size="sm"
      label={label}
      value={value}
      data={data}
      allowDeselect={false}
      onChange={(next) => set(data.find((each) => each.value === next)?.value ?? value)}
      comboboxProps={{ transitionProps: { duration: 0 } }}
    />
  );
}

type Quorum = '2/3' | '1/2' | '0/0';

/** The plan's own rule where it is one of those of the form; else that of government sessions. */
const quorumOf = (rule: { num: number; den: number } | undefined): Quorum => (rule?.num === 1 && rule.den === 2 ? '1/2' : '2/3');

function share(text: string): { num: number; den: number } {
  const [num = 1, den = 2] = text.split('/').map(Number);
  return { num, den };
}

interface Question {
  /** Sent once more after an answer that was lost, it is the same question. */
  readonly id: string;
  readonly title: string;
}

const empty: Question = { id: '', title: '' };

/** Puts a question on the board before it is opened: form, base, threshold and tie rule are fixed here (VOT-01). */
export function MotionForm({ board, act }: { readonly board: Board; readonly act: Do }) {
  const { t } = useTranslation();
  const kept = useDraft<Question>(board, 'motion');
  const draft = kept.value ?? empty;
  const { title } = draft;
  const [sending, setSending] = useState(false);
  const [form, setForm] = useState<Motion['form']>('gio-tay');
  const [base, setBase] = useState<Motion['base']>('tong-so');
  const [threshold, setThreshold] = useState('1/2');
  const [tie, setTie] = useState<Motion['tie']>('theo-chu-toa');
  const [quorum, setQuorum] = useState<Quorum>(quorumOf(board.plan.conduct?.quorum));
  // The list of this question alone; null is the plan's, with the substitutes that were agreed to.
  const [own, setOwn] = useState<readonly Voter[] | null>(null);
  const [listed, setListed] = useState(false);
  // Rooms know the plan's list alone, and offer by it who may vote by name.
  const other = form === 'gio-tay' ? own : null;
  const voters = other ?? board.plan.voters ?? [];
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (sending) return;
    const item = board.live.item?.id;
    const deed = {
      do: 'prepare-vote',
      with: { motion: { id: draft.id, title: title.trim(), form, base, threshold: share(threshold), atLeast: threshold === '2/3', tie, ...(quorum === '0/0' ? {} : { quorum: share(quorum) }), voters: other ?? [], ...(item ? { item } : {}) } },
    } as const;
    setSending(true);
    act(deed, (fault) => {
      setSending(false);
      if (fault !== null && fault !== 'duplicate') return; // that one has been opened since
      kept.arrived(draft);
      setOwn(null); // the next question has the plan's list again
    });
  };
  return (
    <Panel title={t('motion.title')}>
      <form className={classes.form} onSubmit={submit}>
        <TextInput size="sm" className={classes.wide ?? ''} label={t('motion.question')} maxLength={500} readOnly={sending} value={title} onChange={(event) => kept.type({ id: draft.id || newKey(), title: event.currentTarget.value })} />
        {choice(t('motion.form'), form, setForm, [
          { value: 'gio-tay', label: t('vote.form.gio-tay') },
          { value: 'ghi-ten', label: t('vote.form.ghi-ten') },
        ])}
        {choice(t('motion.base'), base, setBase, [
          { value: 'tong-so', label: t('motion.ofAll') },
          { value: 'co-mat', label: t('motion.ofPresent') },
        ])}
        {choice(t('motion.threshold'), threshold, setThreshold, [
          { value: '1/2', label: t('motion.half') },
          { value: '2/3', label: t('motion.twoThirds') },
        ])}
        {choice(t('motion.tie'), tie, setTie, [
          { value: 'theo-chu-toa', label: t('motion.tieChair') },
          { value: 'khong-thong-qua', label: t('motion.tieFalls') },
        ])}
        {choice(t('people.quorum'), quorum, setQuorum, [
          { value: '2/3', label: t('people.quorumTwoThirds') },
          { value: '1/2', label: t('people.quorumHalf') },
          { value: '0/0', label: t('people.quorumNone') },
        ])}
        <div className={classes.members} data-none={voters.length === 0 || undefined}>
          <span>{voters.length === 0 ? t('people.noVoters') : t('people.votersCount', { count: voters.length })}</span>
          {form === 'gio-tay' && (
            <Button size="compact-md" variant="default" onClick={() => setListed(true)}>
              {t('people.edit')}
            </Button>
          )}
        </div>
        <Button type="submit" disabled={sending || title.trim() === '' || voters.length === 0}>
          {t('motion.prepare')}
        </Button>
      </form>
      <VotersDialog opened={listed} onClose={() => setListed(false)} plan={board.plan} voters={voters} onVoters={setOwn} />
    </Panel>
  );
}
