import { Button, Select, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../../api/problem';
import { fetchAccess, setAccess, type Access, type Level } from '../../archive/dossier';
import classes from './Player.module.css';

const levels: readonly Level[] = ['meeting', 'office', 'closed'];

/** Who may watch this recording. Archivist and chair change it, with a reason. */
export function AccessFold({ id }: { readonly id: string }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const access = useQuery({ queryKey: ['access', id], queryFn: async () => fetchAccess(id), enabled: open });
  return (
    <details className={classes.fold} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('player.access')}</summary>
      {access.data && (access.data.mine ? <Form key={access.data.changes} id={id} access={access.data} /> : <Told access={access.data} />)}
    </details>
  );
}

function Told({ access }: { readonly access: Access }) {
  const { t } = useTranslation();
  return (
    <p>
      {t(`player.levels.${access.level}`)}
      {access.readers.length > 0 && <span className={classes.soft}> + {access.readers.map((each) => each.name ?? each.person).join(', ')}</span>}
    </p>
  );
}

function Form({ id, access }: { readonly id: string; readonly access: Access }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [level, setLevel] = useState<Level>(access.level);
  const [readers, setReaders] = useState(access.readers);
  const [person, setPerson] = useState('');
  const [reason, setReason] = useState('');
  const save = useMutation({
    mutationFn: async () => setAccess(id, { ...access, level, readers }, reason.trim()),
    onSuccess: () => notifications.show({ message: t('player.accessSaved') }),
    onError: (error) => notifications.show({ color: 'red', message: t(`problem.${error instanceof Problem ? error.code : 'unknown'}`, { seconds: 30 }) }),
    onSettled: async () => client.invalidateQueries({ queryKey: ['access', id] }),
  });
  const add = () => {
    const name = person.trim();
    if (name !== '' && !readers.some((each) => each.person === name)) setReaders([...readers, { person: name }]);
    setPerson('');
  };
  return (
    <div className={classes.exportForm} style={{ gridTemplateColumns: '1fr' }}>
      <Select size="sm" label={t('player.level')} allowDeselect={false} data={levels.map((each) => ({ value: each, label: t(`player.levels.${each}`) }))} value={level} onChange={(value) => setLevel(levels.find((each) => each === value) ?? 'office')} />
      <TextInput
        size="sm"
        label={t('player.reader')}
        value={person}
        maxLength={64}
        onChange={(event) => setPerson(event.currentTarget.value)}
        onKeyDown={(event) => event.key === 'Enter' && add()}
        rightSectionWidth={70}
        rightSection={
          <Button size="compact-sm" variant="default" onClick={add} disabled={person.trim() === ''}>
            {t('player.readerAdd')}
          </Button>
        }
      />
      {readers.length > 0 && (
        <ul className={classes.plain} style={{ margin: 0 }}>
          {readers.map((each) => (
            <li key={each.person}>
              {each.name ?? each.person}{' '}
              <Button size="compact-sm" variant="default" aria-label={t('player.readerRemove', { name: each.name ?? each.person })} onClick={() => setReaders(readers.filter((other) => other !== each))}>
                ✕
              </Button>
            </li>
          ))}
        </ul>
      )}
      <TextInput size="sm" label={t('player.accessReason')} value={reason} maxLength={1_000} onChange={(event) => setReason(event.currentTarget.value)} />
      <Button size="sm" disabled={reason.trim() === ''} loading={save.isPending} onClick={() => save.mutate()}>
        {t('player.accessSave')}
      </Button>
    </div>
  );
}
