import { Button, Select, TextInput } from '@mantine/core';
import { useState, type SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Board, Motion } from '../../conduct/board';
import { newKey } from '../../live/acts';
import { useDraft } from '../../live/drafts';
import type { Do } from '../../live/use-board';
import { Panel } from '../../parts/Panel';
import classes from './MotionForm.module.css';

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

/** Puts a question on the board before it is opened: form, base, threshold and tie rule are fixed here (VOT-01). */
export function MotionForm({ board, act }: { readonly board: Board; readonly act: Do }) {
  const { t } = useTranslation();
  const kept = useDraft<string>(board, 'motion');
  const title = kept.value ?? '';
  const [form, setForm] = useState<Motion['form']>('gio-tay');
  const [base, setBase] = useState<Motion['base']>('tong-so');
  const [threshold, setThreshold] = useState('1/2');
  const [tie, setTie] = useState<Motion['tie']>('theo-chu-toa');
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    const [num = 1, den = 2] = threshold.split('/').map(Number);
    const item = board.live.item?.id;
    const deed = {
      do: 'prepare-vote',
      with: { motion: { id: newKey(), title: title.trim(), form, base, threshold: { num, den }, atLeast: threshold === '2/3', tie, quorum: { num: 2, den: 3 }, voters: [], ...(item ? { item } : {}) } },
    } as const;
    act(deed, (fault) => fault === null && kept.arrived(title));
  };
  return (
    <Panel title={t('motion.title')}>
      <form className={classes.form} onSubmit={submit}>
        <TextInput size="sm" className={classes.wide ?? ''} label={t('motion.question')} maxLength={500} value={title} onChange={(event) => kept.type(event.currentTarget.value)} />
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
        <Button type="submit" disabled={title.trim() === ''}>
          {t('motion.prepare')}
        </Button>
      </form>
    </Panel>
  );
}
