import { Button, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { chosen, filters, type Filter, type Kept } from '../../archive/keeping';
import table from '../../parts/table.module.css';
import { useSession } from '../office/use-session';
import classes from './Keeping.module.css';
import { KeepingShell } from './KeepingShell';
import { KeptRow } from './KeptRow';
import { KeptSheet } from './KeptSheet';
import { ProposeDialog } from './ProposeDialog';
import { useClasses, useFault, useKept } from './use-keeping';

/** All recordings with their terms, how they fare, and what people have decided on them. */
export function KeepingPage() {
  const { t } = useTranslation();
  const kept = useKept();
  const periods = useClasses().data ?? [];
  const archivist = useSession().data?.rights.includes('luu-tru') ?? false;
  const fault = useFault();
  const [words, setWords] = useState('');
  const [filter, setFilter] = useState<Filter>('all');
  const [inClass, setInClass] = useState('');
  const [open, setOpen] = useState('');
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const [proposing, setProposing] = useState(false);
  const all = kept.data ?? [];
  const shown = chosen(all, filter, inClass, words);
  const listed = all.filter((each) => marked.has(each.recording) && each.disposable);
  const opened = all.find((each) => each.recording === open);
  const mark = (each: Kept, on: boolean) => {
    const next = new Set(marked);
    if (on) next.add(each.recording);
    else next.delete(each.recording);
    setMarked(next);
  };
  const nameOf = (id: string | undefined) => periods.find((each) => each.id === id)?.name;
  return (
    <KeepingShell>
      <div className={classes.filters} role="search">
        <TextInput size="sm" label={t('keeping.find')} value={words} maxLength={200} onChange={(event) => setWords(event.currentTarget.value)} />
        <Select size="sm" label={t('keeping.filter')} data={filters.map((value) => ({ value, label: t(`keeping.filters.${value}`) }))} value={filter} allowDeselect={false} onChange={(value) => setFilter(filters.find((each) => each === value) ?? 'all')} />
        <Select size="sm" label={t('keeping.class')} data={[{ value: '', label: t('keeping.anyClass') }, ...periods.map(({ id, name }) => ({ value: id, label: name }))]} value={inClass} allowDeselect={false} onChange={(value) => setInClass(value ?? '')} comboboxProps={{ width: 420, position: 'bottom-end' }} />
      </div>
      <div className={classes.bar}>
        <span role="status">{kept.isError ? fault(kept.error) : kept.isPending ? t('app.loading') : shown.length === 0 ? t('keeping.none') : t('keeping.count', { count: shown.length })}</span>
        {archivist && (
          <span className={classes.acts}>
            {listed.length === 0 && <span className={table.soft}>{t('keeping.proposeNone')}</span>}
            {listed.length > 0 && <Button onClick={() => setProposing(true)}>{t('keeping.propose', { count: listed.length })}</Button>}
          </span>
        )}
      </div>
      {shown.length > 0 && (
        <div className={table.sheet}>
          <table className={`${table.table ?? ''} ${table.stacked ?? ''}`}>
            <thead>
              <tr>
                <th scope="col">{t('keeping.meeting')}</th>
                <th scope="col">{t('keeping.until')}</th>
                <th scope="col">{t('keeping.giveBy')}</th>
                <th scope="col">{t('keeping.integrity')}</th>
                <th scope="col" aria-label={t('keeping.open')} />
              </tr>
            </thead>
            <tbody>
              {shown.map((each) => (
                <KeptRow key={each.recording} kept={each} className={nameOf(each.term.class)} marked={marked.has(each.recording)} onMark={archivist ? (on) => mark(each, on) : null} onOpen={() => setOpen(each.recording)} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {opened && <KeptSheet kept={opened} table={periods} archivist={archivist} onClose={() => setOpen('')} />}
      {proposing && (
        <ProposeDialog
          listed={listed}
          onClose={(sent) => {
            setProposing(false);
            if (sent) setMarked(new Set());
          }}
        />
      )}
    </KeepingShell>
  );
}
