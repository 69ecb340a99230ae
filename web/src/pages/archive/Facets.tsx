import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { daysOf, fetchFacets, fetchUnitNames, states, type Wanted } from '../../archive/desk';
import classes from './Archive.module.css';

interface FacetsProps {
  readonly wanted: Wanted;
  readonly unit: string;
  readonly onUnit: (unit: string) => void;
  readonly state: string;
  readonly onState: (state: string) => void;
  readonly from: string;
  readonly to: string;
  readonly onDays: (from: string, to: string) => void;
}

/** Unit, month and state, each choice with how many recordings it would leave; while words are looked for, without: they rank, and do not count. */
export function Facets({ wanted, unit, onUnit, state, onState, from, to, onDays }: FacetsProps) {
  const { t } = useTranslation();
  const facets = useQuery({ queryKey: ['facets', { ...wanted, q: '' }], queryFn: async () => fetchFacets(wanted), placeholderData: (before) => before }).data;
  const names = useQuery({ queryKey: ['unit-names'], queryFn: fetchUnitNames, staleTime: 300_000, retry: false }).data;
  const told = (label: string, count: number | undefined) => (wanted.q !== '' || count === undefined ? label : `${label} (${count})`);
  const months = (facets?.months ?? []).map(({ value, count }) => ({ value, label: told(`${value.slice(5)}/${value.slice(0, 4)}`, count) }));
  const month = (facets?.months ?? []).find(({ value }) => daysOf(value)[0] === from && daysOf(value)[1] === to)?.value ?? null;
  const units = (facets?.units ?? []).map(({ value, count }) => ({ value, label: told(names?.get(value) ?? value, count) }));
  const counts = new Map((facets?.states ?? []).map(({ value, count }) => [value, count]));
  return (
    <div className={classes.facets} role="group" aria-label={t('archive.facets')}>
      <Select label={t('archive.unit')} placeholder={t('archive.every')} clearable searchable data={units} value={unit === '' ? null : unit} onChange={(value) => onUnit(value ?? '')} clearButtonProps={{ 'aria-label': t('archive.clear') }} />
      <Select label={t('archive.month')} placeholder={t('archive.every')} clearable data={months} value={month} onChange={(value) => onDays(...daysOf(value ?? ''))} clearButtonProps={{ 'aria-label': t('archive.clear') }} />
      <Select label={t('archive.state')} placeholder={t('archive.every')} clearable data={states.map((value) => ({ value, label: told(t(`archive.${value}`), facets ? (counts.get(value) ?? 0) : undefined) }))} value={state === '' ? null : state} onChange={(value) => onState(value ?? '')} clearButtonProps={{ 'aria-label': t('archive.clear') }} />
    </div>
  );
}
