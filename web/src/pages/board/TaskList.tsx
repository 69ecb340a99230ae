import { ActionIcon, Button, TextInput, Textarea } from '@mantine/core';
import type { SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Board, Task } from '../../conduct/board';
import { dayText } from '../../i18n/clock';
import { newKey } from '../../live/acts';
import { useDraft } from '../../live/drafts';
import type { Do } from '../../live/use-board';
import { DayInput } from '../../parts/DayInput';
import { Panel } from '../../parts/Panel';
import table from '../../parts/table.module.css';
import classes from './TaskList.module.css';

/** Conclusions: content, lead unit, supporting units and deadline of each task (MIN-05). */
export function TaskList({ board, act, beside = false }: { readonly board: Board; readonly act: Do; /** One panel of a column that moves as a whole. */ readonly beside?: boolean }) {
  const { t } = useTranslation();
  const { tasks } = board.notes;
  const drop = (task: Task) => act({ do: 'conclude', with: { task, drop: true } });
  return (
    <Panel title={t('task.title')} aside={t('task.count', { count: tasks.length })} fill={!beside}>
      {tasks.length > 0 && (beside ? <Lines tasks={tasks} onDrop={drop} /> : <Rows tasks={tasks} onDrop={drop} />)}
      <TaskForm board={board} act={act} />
    </Panel>
  );
}

interface TasksProps {
  readonly tasks: readonly Task[];
  readonly onDrop: (task: Task) => void;
}

/** In a narrow column each task is a paragraph of its own. */
function Lines({ tasks, onDrop }: TasksProps) {
  const { t } = useTranslation();
  return (
    <ul className={classes.lines}>
      {tasks.map((task, index) => (
        <li key={task.id} data-testid="task">
          <div>
            {index + 1}. {task.content}
            <div className={table.soft}>
              {[task.lead, (task.support ?? []).length > 0 ? t('task.with', { units: (task.support ?? []).join(', ') }) : '', dayText(task.due)].filter(Boolean).join(' · ')}
            </div>
          </div>
          <Drop number={index + 1} onDrop={() => onDrop(task)} />
        </li>
      ))}
    </ul>
  );
}

function Drop({ number, onDrop }: { readonly number: number; readonly onDrop: () => void }) {
  const { t } = useTranslation();
  return (
    <ActionIcon variant="default" size={34} aria-label={t('task.dropOf', { number })} onClick={onDrop}>
      ×
    </ActionIcon>
  );
}

function Rows({ tasks, onDrop }: TasksProps) {
  const { t } = useTranslation();
  return (
    <table className={table.table}>
      <thead>
        <tr>
          <th scope="col">{t('task.content')}</th>
          <th scope="col">{t('task.lead')}</th>
          <th scope="col">{t('task.due')}</th>
          <th scope="col">
            <span className="visually-hidden">{t('task.drop')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {tasks.map((task, index) => (
          <tr key={task.id} data-testid="task">
            <td>
              {index + 1}. {task.content}
            </td>
            <td>
              {task.lead}
              {(task.support ?? []).length > 0 && <div className={table.soft}>{t('task.with', { units: (task.support ?? []).join(', ') })}</div>}
            </td>
            <td className={classes.due}>{dayText(task.due)}</td>
            <td>
              <Drop number={index + 1} onDrop={() => onDrop(task)} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface TaskDraft {
  /** Sent once more after an answer that was lost, it is the same task. */
  readonly id: string;
  readonly content: string;
  readonly lead: string;
  readonly support: string;
  readonly due: string;
}

const empty: TaskDraft = { id: '', content: '', lead: '', support: '', due: '' };

function TaskForm({ board, act }: { readonly board: Board; readonly act: Do }) {
  const { t } = useTranslation();
  const kept = useDraft<TaskDraft>(board, 'task');
  const draft = kept.value ?? empty;
  const change = (part: Partial<TaskDraft>) => kept.type({ ...draft, id: draft.id || newKey(), ...part });
  const ready = draft.content.trim() !== '' && draft.lead.trim() !== '' && draft.due !== '';
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (!ready) return;
    const support = draft.support.split(/[,;]/).map((unit) => unit.trim()).filter(Boolean);
    const task = { id: draft.id, content: draft.content.trim(), lead: draft.lead.trim(), support, due: draft.due };
    act({ do: 'conclude', with: { task } }, (fault) => fault === null && kept.arrived(draft));
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <Textarea className={classes.wide ?? ''} label={t('task.content')} autosize minRows={1} maxRows={4} value={draft.content} onChange={(event) => change({ content: event.currentTarget.value })} />
      <TextInput size="sm" label={t('task.lead')} value={draft.lead} onChange={(event) => change({ lead: event.currentTarget.value })} />
      <TextInput size="sm" label={t('task.support')} value={draft.support} onChange={(event) => change({ support: event.currentTarget.value })} />
      <DayInput label={t('task.due')} value={draft.due} onDay={(due) => change({ due })} />
      <Button type="submit" size="sm" disabled={!ready}>
        {t('task.add')}
      </Button>
    </form>
  );
}
