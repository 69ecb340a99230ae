import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Board } from '../../conduct/board';
import type { TechRow } from '../../conduct/technician';
import type { MediaTrouble } from '../../device/media-error';
import { useDraft } from '../../live/drafts';
import type { Do } from '../../live/use-board';
import { ConfirmButton } from '../../parts/ConfirmButton';
import classes from './PointDesk.module.css';
import { Sheet } from './Sheet';

export interface Talk {
  readonly on: boolean;
  /** Why the microphone here cannot be used. */
  readonly fault: MediaTrouble | null;
  readonly press: (on: boolean) => void;
}

interface PointDeskProps {
  readonly talk: Talk;
  readonly board: Board;
  readonly row: TechRow;
  /** It is the main point. */
  readonly main: boolean;
  readonly previewed: boolean;
  readonly act: Do;
  readonly now: number;
  readonly onPreview: (point: string | null) => void;
}

interface TroubleDraft {
  readonly text: string;
  /** When it was sent first: sent once more after an answer that was lost, it is the same. */
  readonly from: string;
}

const empty: TroubleDraft = { text: '', from: '' };

/** What a technician does with one point. */
export function PointDesk({ board, row, main, previewed, act, now, onPreview, talk }: PointDeskProps) {
  const { t } = useTranslation();
  const { point } = row;
  const kept = useDraft<TroubleDraft>(board, `incident ${point}`);
  const { text } = kept.value ?? empty;
  const [sending, setSending] = useState(false);
  return (
    <div className={classes.desk}>
      <p className={classes.name}>{row.name}</p>
      {row.alarms.length > 0 && <p className={classes.fault}>{row.alarms.map((alarm) => t(`tech.alarms.${alarm}`)).join(' · ')}</p>}
      <div className={classes.acts}>
        <Button variant={previewed ? 'default' : 'filled'} disabled={!row.connected} onClick={() => onPreview(previewed ? null : point)}>
          {previewed ? t('tech.previewOff') : t('tech.preview')}
        </Button>
        {previewed && (
          <Button color="red" variant={talk.on ? 'filled' : 'outline'} aria-pressed={talk.on} disabled={row.invited || main} onClick={() => talk.press(!talk.on)} data-testid="talk">
            {talk.on ? t('tech.talkOff') : t('tech.talk')}
          </Button>
        )}
        <Button variant="default" onClick={() => act({ do: 'mute', with: { point, off: row.muted } })}>
          {row.muted ? t('tech.unmute') : t('tech.mute')}
        </Button>
        {!main && row.connected && (
          <ConfirmButton variant="default" onConfirm={() => act({ do: 'move-main', with: { point } })}>
            {t('main.move')}
          </ConfirmButton>
        )}
        {row.banned ? (
          <Button variant="default" onClick={() => act({ do: 'expel', with: { point, off: true } })}>
            {t('tech.letIn')}
          </Button>
        ) : (
          <ConfirmButton variant="outline" color="red" disabled={main} onConfirm={() => act({ do: 'expel', with: { point } })}>
            {t('tech.disconnect')}
          </ConfirmButton>
        )}
      </div>
      {previewed && (talk.on || row.invited || main) && <p className={classes.hint}>{t(main ? 'tech.talkMain' : row.invited ? 'tech.talkOnAir' : 'tech.talkOnly', { name: row.name })}</p>}
      {previewed && talk.fault && (
        <p className={classes.fault} role="alert">
          {t(`device.title.${talk.fault}`, { device: t('device.mic') })}
        </p>
      )}
      <Sheet meeting={board.plan.id} point={point} />
      <form
        className={classes.incident}
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() === '' || sending) return;
          const sent = { text, from: kept.value?.from || new Date(now).toISOString() };
          kept.type(sent);
          setSending(true);
          act({ do: 'note-incident', with: { incident: { point, from: sent.from, text: text.trim() } } }, (fault) => {
            setSending(false);
            if (fault === null) kept.arrived(sent);
          });
        }}
      >
        <TextInput size="sm" label={t('tech.incidentText')} value={text} onChange={(event) => kept.type({ text: event.currentTarget.value, from: '' })} />
        <Button type="submit" variant="default" disabled={sending || text.trim() === ''}>
          {t('tech.incident')}
        </Button>
      </form>
    </div>
  );
}
