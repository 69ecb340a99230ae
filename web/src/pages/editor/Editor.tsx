import { Button, Checkbox, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CheckResult, EditReason, MeetingView, Paper, PaperAccess, PointRecord, Reply } from '../../api/meetings';
import type { Person, Plan } from '../../conduct/board';
import { isSecret, missingFields } from '../../office/draft';
import { withKnownLeaders } from '../../office/members';
import { dayText } from '../../i18n/clock';
import { ConfirmButton } from '../../parts/ConfirmButton';
import { Panel } from '../../parts/Panel';
import { AgendaEditor } from './AgendaEditor';
import { AwardsEditor } from './AwardsEditor';
import classes from './Editor.module.css';
import { GeneralFields } from './GeneralFields';
import { PeopleFields } from './PeopleFields';
import { PointPeople } from './PointPeople';
import { PointPicker } from './PointPicker';
import { ReasonFields } from './ReasonFields';
import { Rehearsals } from './Rehearsals';
import { Replies } from './Replies';
import { VotersEditor } from './VotersEditor';

export interface EditorProps {
  readonly view: MeetingView;
  readonly map: readonly PointRecord[];
  readonly people: readonly Person[];
  readonly papers: readonly Paper[];
  readonly replies: readonly Reply[];
  readonly check: CheckResult | null;
  readonly busy: boolean;
  /** What is edited collides: the bridge has just said so. */
  readonly collides: boolean;
  readonly onSave: (plan: Plan, reason: EditReason) => void;
  readonly onPublish: (answers: { reason?: string; despite?: boolean }) => void;
  /** Called off or put off; the points are told why (SCH-09). */
  readonly onPutOff: (how: 'postpone' | 'cancel', reason: EditReason) => void;
  readonly onConsent: (point: string, agree: boolean) => void;
  readonly onPaper: (item: string, file: File, progress: (part: number) => void, how: { reason: string; closed: boolean }) => Promise<void>;
  readonly onAccess: (paper: Paper, access: PaperAccess) => Promise<void>;
  readonly onRecall: (paper: string) => void;
}

const boards = [
  ['chu-tri', 'chu-tri', 'chair'],
  ['thu-ky', 'thu-ky', 'secretary'],
  ['ky-thuat-vien', 'ky-thuat', 'technician'],
] as const;

/** One page for one meeting: what it is, who sits where, points, agenda with papers; at the side what is missing and what collides. */
export function Editor(props: EditorProps) {
  const { t } = useTranslation();
  const { view, check } = props;
  const [plan, setPlan] = useState<Plan>(view.plan);
  const [reason, setReason] = useState<EditReason>({});
  const [late, setLate] = useState('');
  const [despite, setDespite] = useState(false);
  const changed = plan !== view.plan;
  const missing = missingFields(plan);
  const secret = isSecret(plan.secrecy);
  const published = view.state === 'da-phat-hanh';
  const told = published || view.state === 'hoan'; // who was invited hears of every change, with its reason
  // After the deadline the bridge publishes with a reason only, but for urgent meetings (SCH-02).
  const overdue = plan.type !== 'dot-xuat' && check?.warnings.some((warning) => warning.code === 'plan.late') === true;
  const askLate = view.state === 'du-thao' && overdue;
  const others = check?.problems.filter((problem) => problem.code !== 'field.missing') ?? [];
  const conflicts = check?.conflicts ?? [];
  const editable = view.mine.edit;
  return (
    <>
      <div className={classes.bar}>
        <h1 className={classes.title}>{plan.title || t('editor.create')}</h1>
        <span className={classes.state} data-changed={changed}>
          {changed ? t('editor.unsaved') : t(`meetingState.${view.state}`)}
        </span>
        {published &&
          boards
            .filter(([right]) => view.mine.rights.includes(right))
            .map(([right, path, name]) => (
              <Button key={right} variant="default" component="a" href={`/hop/${encodeURIComponent(view.id)}/${path}`}>
                {t(`board.${name}`)}
              </Button>
            ))}
        {published && (
          <Button variant="default" component="a" href={`/lich/${encodeURIComponent(view.id)}/bien-ban`}>
            {t('signing.way')}
          </Button>
        )}
        <Button variant={view.state === 'du-thao' ? 'default' : 'filled'} disabled={!changed || secret || !editable || (told && reason.why === undefined)} loading={props.busy} onClick={() => props.onSave(plan, despite ? { ...reason, despite } : reason)}>
          {t('editor.save')}
        </Button>
        {view.state === 'du-thao' && (
          <Button
            disabled={changed || missing.length > 0 || secret || !editable || (askLate && late.trim() === '') || (conflicts.length > 0 && !despite)}
            onClick={() => props.onPublish({ ...(late.trim() === '' ? {} : { reason: late.trim() }), ...(despite ? { despite } : {}) })}
          >
            {t('editor.publish')}
          </Button>
        )}
      </div>
      <fieldset className={classes.grid} disabled={!editable} aria-label={t('editor.general')}>
        <div className={classes.column}>
          <GeneralFields plan={plan} onPlan={setPlan} />
          <PeopleFields plan={plan} people={props.people} onPlan={setPlan} />
          {plan.points.length > 0 && <PointPeople plan={plan} people={props.people} onPlan={setPlan} />}
          <AgendaEditor plan={plan} papers={props.papers} onPlan={setPlan} onPaper={props.onPaper} onAccess={props.onAccess} people={props.people} late={told && overdue} onRecall={props.onRecall} saved={!changed} />
          {plan.points.length > 0 && (
            <Panel title={t('people.voters')} aside={t('people.votersCount', { count: plan.voters?.length ?? 0 })}>
              <VotersEditor plan={plan} voters={plan.voters ?? []} people={props.people} onVoters={(voters) => setPlan({ ...plan, voters })} />
            </Panel>
          )}
          <AwardsEditor plan={plan} onPlan={setPlan} />
        </div>
        <div className={classes.column}>
          <Panel title={missing.length > 0 ? t('editor.missing') : view.state === 'du-thao' ? t('editor.ready') : published ? t('editor.published') : t(`meetingState.${view.state}`)} aside={missing.length > 0 ? missing.length : undefined}>
            <div className={classes.check} data-testid="check">
              {missing.length > 0 && (
                <ul className={classes.missing}>
                  {missing.map((field) => (
                    <li key={field}>{t(`editor.${field}`)}</li>
                  ))}
                </ul>
              )}
              {others.map((problem) => (
                <p key={`${problem.field}-${problem.code}-${problem.value ?? ''}`} className={classes.fault}>
                  {problem.message}
                </p>
              ))}
              {view.deadlines && <p className={classes.deadlines}>{t('editor.deadlines', { papers: dayText(view.deadlines.papers), notice: dayText(view.deadlines.notice) })}</p>}
              {check?.warnings.map((warning) => (
                <p key={warning.code} className={classes.warning}>
                  {warning.message}
                </p>
              ))}
              {(conflicts.length > 0 || props.collides) && (
                <>
                  <p className={classes.fault}>{t('editor.conflicts')}</p>
                  <ul className={classes.missing}>
                    {conflicts.map((conflict) => (
                      <li key={conflict.text}>{conflict.text}</li>
                    ))}
                  </ul>
                  <Checkbox label={t(told ? 'editor.saveDespite' : 'editor.despite')} checked={despite} onChange={(event) => setDespite(event.currentTarget.checked)} />
                </>
              )}
              {askLate && <TextInput label={t('editor.late')} value={late} onChange={(event) => setLate(event.currentTarget.value)} />}
              {told && editable && <ReasonFields reason={reason} onReason={setReason} />}
              {published && editable && !changed && (
                <div className={classes.putOff}>
                  {(['postpone', 'cancel'] as const).map((how) => (
                    <ConfirmButton key={how} size="sm" variant="default" disabled={reason.why === undefined} onConfirm={() => props.onPutOff(how, reason)}>
                      {t(`editor.${how}`)}
                    </ConfirmButton>
                  ))}
                </div>
              )}
            </div>
          </Panel>
          <PointPicker plan={plan} map={props.map} onPlan={(next) => setPlan(withKnownLeaders(next, props.people))} />
          {published && view.mine.edit && <Rehearsals meeting={view.id} start={view.plan.start} />}
          {published && <Replies meeting={view.id} plan={plan} replies={props.replies} onConsent={props.onConsent} />}
        </div>
      </fieldset>
    </>
  );
}
