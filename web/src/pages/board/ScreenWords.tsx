import { Button, Textarea, TextInput } from '@mantine/core';
import { useState, type SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { holds, isOver, type Board } from '../../conduct/board';
import { useDraft } from '../../live/drafts';
import type { Do } from '../../live/use-board';
import { Held } from '../../parts/Held';
import { Panel } from '../../parts/Panel';
import classes from './ScreenWords.module.css';

interface ScreenWordsProps {
  readonly board: Board;
  readonly act: Do;
}

/** What is written on every screen: a notice over the picture, and the two lines under who is seen. */
export function ScreenWords({ board, act }: ScreenWordsProps) {
  const { t } = useTranslation();
  return (
    <Panel title={t('words.title')}>
      <Held may={holds(board, 'chu-tri', 'thu-ky', 'ky-thuat-vien') && !isOver(board)}>
        <div className={classes.forms}>
          <NoticeForm board={board} act={act} />
          <LowerThirdForm shown={board.live.screen.lowerThird ?? []} act={act} />
        </div>
      </Held>
    </Panel>
  );
}

function NoticeForm({ board, act }: ScreenWordsProps) {
  const { t } = useTranslation();
  const shown = board.live.banner ?? '';
  const kept = useDraft<string>(board, 'notice');
  const text = kept.value ?? '';
  const show = (event: SyntheticEvent) => {
    event.preventDefault();
    if (text.trim() !== '') act({ do: 'announce', with: { text: text.trim() } }, (fault) => fault === null && kept.arrived(text));
  };
  return (
    <form className={classes.form} onSubmit={show}>
      <Textarea size="sm" label={t('words.notice')} {...(shown === '' ? {} : { description: shown })} autosize minRows={1} maxRows={3} maxLength={240} value={text} onChange={(event) => kept.type(event.currentTarget.value)} />
      <div className={classes.acts}>
        <Button type="submit" variant="default" disabled={text.trim() === ''}>
          {t('words.noticeOn')}
        </Button>
        {shown !== '' && (
          <Button variant="default" onClick={() => act({ do: 'announce', with: { text: '' } })}>
            {t('words.noticeOff')}
          </Button>
        )}
      </div>
    </form>
  );
}

function LowerThirdForm({ shown, act }: { readonly shown: readonly string[]; readonly act: Do }) {
  const { t } = useTranslation();
  const [first, setFirst] = useState('');
  const [second, setSecond] = useState('');
  const show = (event: SyntheticEvent) => {
    event.preventDefault();
    if (first.trim() !== '') act({ do: 'lower-third', with: { lines: [first.trim(), second.trim()] } });
  };
  return (
    <form className={classes.form} onSubmit={show}>
      <TextInput size="sm" label={t('words.lower')} {...(shown.length > 0 ? { description: shown.filter(Boolean).join(' · ') } : {})} placeholder={t('words.lowerFirst')} maxLength={120} value={first} onChange={(event) => setFirst(event.currentTarget.value)} />
      <TextInput size="sm" aria-label={t('words.lowerSecond')} placeholder={t('words.lowerSecond')} maxLength={160} value={second} onChange={(event) => setSecond(event.currentTarget.value)} />
      <div className={classes.acts}>
        <Button type="submit" variant="default" disabled={first.trim() === ''}>
          {t('words.lowerOn')}
        </Button>
        {shown.length > 0 && (
          <Button variant="default" onClick={() => act({ do: 'lower-third', with: { lines: ['', ''] } })}>
            {t('words.lowerOff')}
          </Button>
        )}
      </div>
    </form>
  );
}
