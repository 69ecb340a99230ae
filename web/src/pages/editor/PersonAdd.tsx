import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Person } from '../../conduct/board';
import { PersonField } from '../../parts/PersonField';
import classes from './PointPeople.module.css';

interface PersonAddProps {
  readonly people: readonly Person[];
  readonly label: string;
  readonly onAdd: (person: Person) => void;
}

const nobody: Person = { name: '' };

/** One more of a list, by the directory or by name. */
export function PersonAdd({ people, label, onAdd }: PersonAddProps) {
  const { t } = useTranslation();
  const [person, setPerson] = useState(nobody);
  const add = () => {
    if (person.name.trim() === '') return;
    onAdd({ ...person, name: person.name.trim() });
    setPerson(nobody);
  };
  return (
    <div className={classes.add}>
      <PersonField size="sm" aria-label={t('people.addTo', { list: label })} placeholder={t('people.find')} person={person} people={people} onPerson={setPerson} />
      <Button size="sm" variant="default" disabled={person.name.trim() === ''} onClick={add}>
        {t('people.add')}
      </Button>
    </div>
  );
}
