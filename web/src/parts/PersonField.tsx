import { Autocomplete, type AutocompleteProps } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Person } from '../conduct/board';
import { choicesOf, matching, namesakes, personOf } from '../office/people';

interface PersonFieldProps extends Pick<AutocompleteProps, 'label' | 'aria-label' | 'placeholder' | 'size' | 'onKeyDown' | 'className'> {
  readonly person: Person | undefined;
  readonly people: readonly Person[];
  readonly onPerson: (person: Person) => void;
  /** He needs an account to do what the plan gives him: say so where the directory does not know him. */
  readonly seat?: boolean;
}

const shown = 8;

/** Somebody of the directory, told apart from his namesakes by position and unit; another name is typed. */
export function PersonField({ person, people, onPerson, seat = false, ...rest }: PersonFieldProps) {
  const { t } = useTranslation();
  const [here, setHere] = useState(false);
  // Parsing a whole province for each of many fields takes time that only the one in use needs.
  const choices = useMemo(() => (here ? choicesOf(people) : []), [here, people]);
  const same = here ? 0 : namesakes(person, people);
  const unknown = seat && !here && people.length > 0 && same === 0 && (person?.name ?? '').trim() !== '' && person?.id === undefined;
  return (
    <Autocomplete
      {...rest}
      data={choices.map((choice) => choice.label)}
      filter={({ options, search, limit }) => matching(options.filter((option) => 'value' in option), search, limit)}
      limit={shown}
      maxLength={300}
      value={person?.name ?? ''}
      error={same > 0 ? t('people.namesakes', { count: same }) : null}
      description={unknown ? t('people.unknown') : undefined}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      onFocus={() => setHere(true)}
      onBlur={() => setHere(false)}
      onChange={(text) => onPerson(personOf(text, choices))}
      // Position and unit are longer than a name.
      comboboxProps={{ transitionProps: { duration: 0 }, width: 'max-content', position: 'bottom-start' }}
      styles={{ dropdown: { maxWidth: 'calc(100vw - 24px)' } }}
    />
  );
}
