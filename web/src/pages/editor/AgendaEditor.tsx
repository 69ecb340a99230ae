import { ActionIcon, Button, Checkbox, NumberInput, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Paper, PaperAccess } from '../../api/meetings';
import type { Person, Plan } from '../../conduct/board';
import { timeText } from '../../i18n/clock';
import { addItem, dropItem, itemStarts, oneLine, raiseItem, withItem } from '../../office/draft';
import { Panel } from '../../parts/Panel';
import classes from './AgendaEditor.module.css';
import { PaperAccessDialog } from './PaperAccessDialog';
import { PaperDrop } from './PaperDrop';

interface AgendaEditorProps {
  readonly plan: Plan;
  readonly papers: readonly Paper[];
  /** Papers hang on items that the bridge knows: first save, then drop. */
  readonly saved: boolean;
  readonly onPlan: (plan: Plan) => void;
  /** The deadline of papers is over: the bridge wants a reason. */
  readonly late: boolean;
  readonly people: readonly Person[];
  readonly onPaper: (item: string, file: File, progress: (part: number) => void, how: { reason: string; closed: boolean }) => Promise<void>;
  readonly onAccess: (paper: Paper, access: PaperAccess) => Promise<void>;
  readonly onRecall: (paper: string) => void;
}

// An item that was just added waits for its words.
const takeKeys = (field: HTMLTextAreaElement | null) => field?.focus();

/** Items with their minutes; the hours follow from the start of the meeting. */
export function AgendaEditor({ plan, papers, saved, late, people, onPlan, onPaper, onAccess, onRecall }: AgendaEditorProps) {
  const { t } = useTranslation();
  const starts = itemStarts(plan);
  const [added, setAdded] = useState('');
  const [reason, setReason] = useState('');
  const [closed, setClosed] = useState(false);
  const [access, setAccess] = useState<Paper | null>(null);
  const add = () => {
    const longer = addItem(plan);
    setAdded(longer.agenda.at(-1)?.id ?? '');
    onPlan(longer);
  };
  return (
    <Panel title={t('editor.agenda')} aside={saved ? undefined : t('editor.unsaved')}>
      {saved && plan.agenda.length > 0 && (
        <div className={classes.sending}>
          <Checkbox label={t('sending.closed')} checked={closed} onChange={(event) => setClosed(event.currentTarget.checked)} />
          {late && <TextInput size="sm" label={t('sending.late')} maxLength={2_000} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />}
        </div>
      )}
      {access && (
        <PaperAccessDialog
          paper={access}
          plan={plan}
          people={people}
          onClose={() => setAccess(null)}
          onAccess={async (to) => {
            await onAccess(access, to);
            setAccess(null);
          }}
        />
      )}
      <ol className={classes.items}>
        {plan.agenda.map((item, index) => {
          const number = index + 1;
          const start = starts[index];
          return (
            <li key={item.id} className={classes.item} data-testid="agenda-item">
              <time className={classes.time}>{start ? timeText(new Date(start)) : `${number}.`}</time>
              <Textarea size="sm" autosize minRows={1} className={classes.title ?? ''} aria-label={t('editor.itemTitle', { number })} placeholder={t('editor.content')} maxLength={500} ref={item.id === added ? takeKeys : null} value={item.title} onChange={(event) => onPlan(withItem(plan, index, { title: oneLine(event.currentTarget.value) }))} />
              <TextInput size="sm" aria-label={t('editor.itemWho', { number })} placeholder={t('editor.who')} value={item.presenter?.name ?? ''} onChange={(event) => onPlan(withItem(plan, index, { presenter: { ...item.presenter, name: event.currentTarget.value } }))} />
              <NumberInput size="sm" hideControls aria-label={t('editor.itemMinutes', { number })} placeholder={t('editor.minutes')} min={0} max={600} suffix={` ${t('editor.min')}`} value={item.minutes ?? 0} onChange={(value) => onPlan(withItem(plan, index, { minutes: Number(value) || 0 }))} />
              <div className={classes.acts}>
                <ActionIcon variant="default" size={34} aria-label={t('editor.up', { number })} disabled={index === 0} onClick={() => onPlan(raiseItem(plan, index))}>
                  ↑
                </ActionIcon>
                <ActionIcon variant="default" size={34} aria-label={t('editor.drop', { number })} onClick={() => onPlan(dropItem(plan, index))}>
                  ×
                </ActionIcon>
              </div>
              {saved && <PaperDrop item={item.id} number={number} papers={papers.filter((paper) => paper.item === item.id)} onPaper={async (to, file, progress) => onPaper(to, file, progress, { reason: reason.trim(), closed })} onRecall={onRecall} onAccess={setAccess} />}
            </li>
          );
        })}
      </ol>
      <Button variant="default" onClick={add}>
        {t('editor.addItem')}
      </Button>
    </Panel>
  );
}
