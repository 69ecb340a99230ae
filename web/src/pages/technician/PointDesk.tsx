import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TechRow } from '../../conduct/technician';
import type { Do } from '../../live/use-board';
import { ConfirmButton } from '../../parts/ConfirmButton';
import classes from './PointDesk.module.css';

interface PointDeskProps {
  readonly row: TechRow;
  readonly previewed: boolean;
  readonly act: Do;
  readonly now: number;
  readonly onPreview: (point: string | null) => void;
}

/** What a technician does with one point. */
export function PointDesk({ row, previewed, act, now, onPreview }: PointDeskProps) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const { point } = row;
  return (
    <div className={classes.desk}>
      <p className={classes.name}>{row.name}</p>
      <div className={classes.acts}>
        <Button variant={previewed ? 'default' : 'filled'} disabled={!row.connected} onClick={() => onPreview(previewed ? null : point)}>
          {previewed ? t('tech.previewOff') : t('tech.preview')}
        </Button>
        <Button variant="default" onClick={() => act({ do: 'mute', with: { point, off: row.muted } })}>
          {row.muted ? t('tech.unmute') : t('tech.mute')}
        </Button>
        {row.banned ? (
          <Button variant="default" onClick={() => act({ do: 'expel', with: { point, off: true } })}>
            {t('tech.letIn')}
          </Button>
        ) : (
          <ConfirmButton variant="outline" color="red" onConfirm={() => act({ do: 'expel', with: { point } })}>
            {t('tech.disconnect')}
          </ConfirmButton>
        )}
      </div>
      <form
        className={classes.incident}
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() === '') return;
          act({ do: 'note-incident', with: { incident: { point, from: new Date(now).toISOString(), text: text.trim() } } });
          setText('');
        }}
      >
        <TextInput size="sm" label={t('tech.incidentText')} value={text} onChange={(event) => setText(event.currentTarget.value)} />
        <Button type="submit" variant="default" disabled={text.trim() === ''}>
          {t('tech.incident')}
        </Button>
      </form>
    </div>
  );
}
