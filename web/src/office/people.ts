import type { Person } from '../conduct/board';
import { plain } from '../conduct/technician';

/** People of the directory as they are chosen: two of one name are told apart by what they are and where. */

export interface Choice {
  readonly label: string;
  readonly person: Person;
}

export function choicesOf(people: readonly Person[]): readonly Choice[] {
  const seen = new Map<string, number>();
  return people.map((person) => {
    const label = [person.name, person.position, person.unit].filter(Boolean).join(' · ');
    const before = seen.get(label) ?? 0;
    seen.set(label, before + 1);
    return { label: before === 0 ? label : `${label} (${person.id ?? before + 1})`, person };
  });
}

/** Without regard to case and marks, as they are left out by who types fast. */
export function matching<Option extends { readonly label: string }>(options: readonly Option[], text: string, limit: number): Option[] {
  const wanted = plain(text.trim());
  return options.filter((option) => plain(option.label).includes(wanted)).slice(0, limit);
}

/** What was typed or chosen. A name alone is somebody of the directory only where one person has it. */
export function personOf(text: string, choices: readonly Choice[]): Person {
  const chosen = choices.find((choice) => choice.label === text);
  if (chosen) return chosen.person;
  const named = choices.filter((choice) => choice.person.name === text.trim());
  return named.length === 1 && named[0] ? named[0].person : { name: text };
}

/** How many of the directory are called so, where none of them was chosen. */
export function namesakes(person: Person | undefined, people: readonly Person[]): number {
  if (!person || person.id !== undefined || person.name.trim() === '') return 0;
  return people.filter((each) => each.name === person.name.trim()).length;
}
