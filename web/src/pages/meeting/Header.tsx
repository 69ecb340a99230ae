import { useTranslation } from 'react-i18next';
import { Clock } from '../../app/Clock';
import { LanguageSwitch } from '../../app/LanguageSwitch';
import type { MeetingState } from '../../meeting/state';
import { recordingWord } from '../../conduct/recorder';
import { ItemLine } from '../room/ItemLine';
import classes from './Header.module.css';
import { LineWord } from './LineWord';
import { RecordingSign } from './RecordingSign';

export function Header({ state, item = '' }: { readonly state: MeetingState; readonly item?: string }) {
  const { t } = useTranslation();
  const own = state.room.points.find((tile) => tile.point.own);
  return (
    <header className={classes.header}>
      <div className={classes.titles}>
        <h1 className={classes.title} title={state.info.title} data-small={item !== '' || undefined}>
          {state.info.title}
        </h1>
        {item !== '' && <ItemLine item={item} />}
      </div>
      <RecordingSign word={recordingWord(state.conduct, state.recorded)} />
      <span className={classes.fact} data-testid="count">
        {t('meeting.points', { count: state.room.points.length })}
      </span>
      {own && (
        <span className={classes.fact}>
          <LineWord line={own.point.line} />
        </span>
      )}
      <Clock className={classes.clock} />
      <LanguageSwitch dark />
    </header>
  );
}
