import { Button, Modal, MultiSelect, SegmentedControl } from '@mantine/core';
import { TimePicker } from '@mantine/dates';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Paper, PaperAccess, PaperScope } from '../../api/meetings';
import type { Person, Plan } from '../../conduct/board';
import { dayOf, timeText } from '../../i18n/clock';
import { timeAt } from '../../office/day';
import { choicesOf } from '../../office/people';
import { DayInput } from '../../parts/DayInput';
import fields from './fields.module.css';

interface PaperAccessDialogProps {
  readonly paper: Paper;
  readonly plan: Plan;
  readonly people: readonly Person[];
  readonly onClose: () => void;
  readonly onAccess: (access: PaperAccess) => Promise<void>;
}

const scopes: readonly PaperScope[] = ['tat-ca', 'cung-don-vi', 'dich-danh'];

interface Moment {
  readonly day: string;
  readonly hour: string;
}

const momentOf = (time: string | undefined, hour: string): Moment => (time ? { day: dayOf(new Date(time)), hour: timeText(new Date(time)) } : { day: '', hour });
const timeOf = ({ day, hour }: Moment): string | undefined => (day === '' ? undefined : timeAt(day, hour));

/** Who may read a paper, and from when to when (SCH-04). */
export function PaperAccessDialog({ paper, plan, people, onClose, onAccess }: PaperAccessDialogProps) {
  const { t } = useTranslation();
  const [scope, setScope] = useState<PaperScope>(paper.scope ?? 'tat-ca');
  const [units, setUnits] = useState([...(paper.units ?? [])]);
  const [named, setNamed] = useState([...(paper.named ?? [])]);
  const [from, setFrom] = useState(momentOf(paper.from, '00:00'));
  const [until, setUntil] = useState(momentOf(paper.until, '23:59'));
  const [busy, setBusy] = useState(false);
  const [begin, end] = [timeOf(from), timeOf(until)];
  const ready = (scope !== 'cung-don-vi' || units.length > 0) && (scope !== 'dich-danh' || named.length > 0) && (begin === undefined || end === undefined || begin < end);
  const save = async () => {
    setBusy(true);
    // What was refused is told; the choice stays here.
    await onAccess({ scope, ...(scope === 'cung-don-vi' ? { units } : {}), ...(scope === 'dich-danh' ? { named } : {}), ...(begin ? { from: begin } : {}), ...(end ? { until: end } : {}) })
      .catch(() => undefined)
      .finally(() => setBusy(false));
  };
  const edges = [
    ['from', from, setFrom],
    ['until', until, setUntil],
  ] as const;
  return (
    <Modal opened onClose={onClose} size="lg" title={paper.name} centered transitionProps={{ duration: 0 }} closeButtonProps={{ 'aria-label': t('app.close') }} attributes={{ header: { role: 'presentation' } }}>
      <div className={fields.fields}>
        <SegmentedControl className={fields.wide ?? ''} aria-label={t('sending.who')} transitionDuration={0} value={scope} onChange={(value) => setScope(scopes.find((each) => each === value) ?? scope)} data={scopes.map((each) => ({ value: each, label: t(`sending.scope.${each}`) }))} />
        {scope === 'cung-don-vi' && <MultiSelect className={fields.wide ?? ''} label={t('sending.points')} searchable data={plan.points.map((point) => ({ value: point.id, label: point.name }))} value={units} onChange={setUnits} comboboxProps={{ transitionProps: { duration: 0 } }} />}
        {scope === 'dich-danh' && (
          <MultiSelect className={fields.wide ?? ''} label={t('sending.people')} searchable limit={20} data={choicesOf(people).flatMap(({ label, person }) => (person.id ? [{ value: person.id, label }] : []))} value={named} onChange={setNamed} comboboxProps={{ transitionProps: { duration: 0 } }} />
        )}
        {edges.map(([edge, value, set]) => (
          <div key={edge} className={fields.half}>
            <DayInput label={t(`sending.${edge}`)} value={value.day} onDay={(day) => set({ ...value, day })} />
            <TimePicker mt={6} size="sm" format="24h" aria-label={t('sending.hour', { edge: t(`sending.${edge}`) })} hoursInputLabel={t('editor.hours')} minutesInputLabel={t('editor.minutes')} disabled={value.day === ''} value={value.hour} onChange={(hour) => set({ ...value, hour: hour.slice(0, 5) })} />
          </div>
        ))}
        <p className={fields.wide}>{t('sending.hint')}</p>
        <Button className={fields.wide ?? ''} loading={busy} disabled={!ready} onClick={() => void save()}>
          {t('editor.save')}
        </Button>
      </div>
    </Modal>
  );
}
