import { useTranslation } from 'react-i18next';
import { Icon } from '../../app/icons';
import type { MicWord } from '../../conduct/room-view';
import classes from './MicSign.module.css';

/** Whether this room is heard, in letters that are read from five metres (CON-02). */
export function MicSign({ word, mayOpen }: { readonly word: MicWord; readonly mayOpen: boolean }) {
  const { t } = useTranslation();
  const heard = word === 'speaking' || word === 'open';
  const hint = word === 'ready' ? t('room.readyHint') : word === 'muted' ? t('room.mutedHint') : word === 'off' && mayOpen ? t('room.openHint') : '';
  return (
    <div className={classes.sign} data-word={word} data-testid="own-mic" role="status">
      <Icon name={heard ? 'mic' : 'micOff'} size="1.1em" />
      <span>
        {t(`room.${word}`)}
        {hint !== '' && <small className={classes.hint}>{hint}</small>}
      </span>
    </div>
  );
}
