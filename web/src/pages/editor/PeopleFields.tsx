import { TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Person, Plan } from '../../conduct/board';
import { Panel } from '../../parts/Panel';
import { PersonField } from '../../parts/PersonField';
import fields from './fields.module.css';

interface PeopleFieldsProps {
  readonly plan: Plan;
  readonly people: readonly Person[];
  readonly onPlan: (plan: Plan) => void;
}

const seats = ['chair', 'secretary', 'technician'] as const;

/** The three seats of a meeting (CON-01). Somebody of the directory brings his position; another is typed. */
export function PeopleFields({ plan, people, onPlan }: PeopleFieldsProps) {
  const { t } = useTranslation();
  const set = (seat: (typeof seats)[number], person: Person) => onPlan({ ...plan, people: { ...plan.people, [seat]: person } });
  return (
    <Panel title={t('editor.people')}>
      <div className={fields.fields}>
        {seats.map((seat) => {
          const person = plan.people[seat] ?? { name: '' };
          return (
            <div key={seat} className={fields.two}>
              <PersonField seat size="md" label={t(`editor.${seat}`)} person={person} people={people} onPerson={(next) => set(seat, next)} />
              <TextInput mt={8} size="sm" aria-label={`${t('editor.position')}: ${t(`editor.${seat}`)}`} placeholder={t('editor.position')} value={person.position ?? ''} onChange={(event) => set(seat, { ...person, position: event.currentTarget.value })} />
            </div>
          );
        })}
        <TextInput className={fields.two ?? ''} label={t('editor.phone')} value={plan.people.phone ?? ''} onChange={(event) => onPlan({ ...plan, people: { ...plan.people, phone: event.currentTarget.value } })} />
      </div>
    </Panel>
  );
}
