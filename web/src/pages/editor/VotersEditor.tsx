import { ActionIcon, Button, Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Person, Plan, Voter } from '../../conduct/board';
import { addVoter, dropVoter, leadersVote, moveVoter } from '../../office/members';
import { PersonAdd } from './PersonAdd';
import classes from './PointPeople.module.css';

interface VotersEditorProps {
  readonly plan: Plan;
  readonly voters: readonly Voter[];
  readonly people: readonly Person[];
  readonly onVoters: (voters: readonly Voter[]) => void;
}

/** The members who vote, and where each of them sits: set beforehand, for threshold and quorum are counted of it (VOT-01). */
export function VotersEditor({ plan, voters, people, onVoters }: VotersEditorProps) {
  const { t } = useTranslation();
  const places = plan.points.map((point) => ({ value: point.id, label: point.name }));
  const placeOf = (person: Person) => plan.points.find((point) => person.unit !== undefined && (point.unit === person.unit || point.name === person.unit))?.id ?? plan.main;
  return (
    <>
      <p className={classes.hint}>{t('people.votersHint')}</p>
      <ol className={classes.rows}>
        {voters.map((voter, index) => (
          <li key={voter.person} className={classes.voter} data-testid="voter">
            <span className={classes.name}>{voter.name}</span>
            <Select
              size="sm"
              aria-label={t('people.seatOf', { name: voter.name })}
              searchable
              allowDeselect={false}
              data={places}
              value={places.some((place) => place.value === voter.point) ? voter.point : null}
              error={!places.some((place) => place.value === voter.point)}
              onChange={(point) => onVoters(moveVoter(voters, index, point ?? voter.point))}
              comboboxProps={{ transitionProps: { duration: 0 } }}
            />
            <ActionIcon variant="default" size={34} aria-label={t('people.drop', { name: voter.name })} onClick={() => onVoters(dropVoter(voters, index))}>
              ×
            </ActionIcon>
          </li>
        ))}
      </ol>
      <PersonAdd people={people} label={t('people.voters')} onAdd={(person) => onVoters(addVoter(voters, person, placeOf(person)))} />
      <Button size="sm" variant="default" disabled={plan.main === ''} onClick={() => onVoters(leadersVote(plan, voters))}>
        {t('people.addLeaders')}
      </Button>
    </>
  );
}
