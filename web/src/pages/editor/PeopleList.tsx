import { ActionIcon } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Person } from '../../conduct/board';
import { PersonAdd } from './PersonAdd';
import classes from './PointPeople.module.css';

interface PeopleListProps {
  readonly title: string;
  readonly people: readonly Person[];
  readonly list: readonly Person[];
  readonly onList: (list: readonly Person[]) => void;
}

/** Delegates who are named one by one. */
export function PeopleList({ title, people, list, onList }: PeopleListProps) {
  const { t } = useTranslation();
  return (
    <section aria-label={title}>
      <h3 className={classes.subtitle}>{title}</h3>
      <ul className={classes.rows}>
        {list.map((person, index) => (
          <li key={person.id ?? person.name} className={classes.person}>
            <span>
              <strong>{person.name}</strong>
              {[person.position, person.unit].filter(Boolean).map((word) => ` · ${word ?? ''}`)}
            </span>
            <ActionIcon variant="default" size={30} aria-label={t('people.drop', { name: person.name })} onClick={() => onList(list.filter((_, each) => each !== index))}>
              ×
            </ActionIcon>
          </li>
        ))}
      </ul>
      <PersonAdd people={people} label={title} onAdd={(person) => (list.some((each) => (each.id ?? each.name) === (person.id ?? person.name)) ? undefined : onList([...list, person]))} />
    </section>
  );
}
