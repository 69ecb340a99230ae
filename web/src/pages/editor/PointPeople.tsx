import { Button, NumberInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Person, Plan } from '../../conduct/board';
import { invited, withHeads, withPoint } from '../../office/members';
import { Panel } from '../../parts/Panel';
import { PersonField } from '../../parts/PersonField';
import { PeopleList } from './PeopleList';
import classes from './PointPeople.module.css';

interface PointPeopleProps {
  readonly plan: Plan;
  readonly people: readonly Person[];
  readonly onPlan: (plan: Plan) => void;
}

const most = 9_999;

/** Who heads each point and how many are invited there: the roll call counts against it (CON-07), and its head answers and sees the meeting. */
export function PointPeople({ plan, people, onPlan }: PointPeopleProps) {
  const { t } = useTranslation();
  const [heads, setHeads] = useState(0);
  const blank = plan.points.filter((point) => !point.expected).length;
  return (
    <Panel title={t('people.atPoints')} aside={t('people.invited', { count: invited(plan) })}>
      <p className={classes.hint}>{t('people.atPointsHint')}</p>
      {plan.points.length > 1 && blank > 0 && (
        <div className={classes.all}>
          <NumberInput size="sm" hideControls label={t('people.headsForAll', { count: blank })} min={0} max={most} value={heads || ''} onChange={(value) => setHeads(Number(value) || 0)} />
          <Button size="sm" variant="default" disabled={heads === 0} onClick={() => onPlan(withHeads(plan, heads))}>
            {t('people.apply')}
          </Button>
        </div>
      )}
      <ul className={classes.rows}>
        {plan.points.map((point) => (
          <li key={point.id} className={classes.row} data-testid="point-people">
            <span className={classes.name}>{point.name}</span>
            <PersonField size="sm" aria-label={t('people.leaderOf', { name: point.name })} placeholder={t('people.leader')} person={point.leader} people={people} onPerson={(leader) => onPlan(withPoint(plan, point.id, { leader }))} />
            <TextInput
              size="sm"
              aria-label={t('people.positionOf', { name: point.name })}
              placeholder={t('editor.position')}
              maxLength={200}
              value={point.leader?.position ?? ''}
              onChange={(event) => onPlan(withPoint(plan, point.id, { leader: { ...point.leader, name: point.leader?.name ?? '', position: event.currentTarget.value } }))}
            />
            <NumberInput
              size="sm"
              hideControls
              aria-label={t('people.headsOf', { name: point.name })}
              placeholder={t('people.heads')}
              min={0}
              max={most}
              value={point.expected || ''}
              onChange={(value) => onPlan(withPoint(plan, point.id, { expected: Number(value) || 0 }))}
            />
          </li>
        ))}
      </ul>
      <PeopleList
        title={t('people.hall')}
        people={people}
        list={plan.people.hall ?? []}
        onList={(hall) => onPlan({ ...plan, people: { ...plan.people, hall } })}
      />
    </Panel>
  );
}
