import { useTranslation } from 'react-i18next';
import { Clock } from '../../app/Clock';
import { LanguageSwitch } from '../../app/LanguageSwitch';
import type { MeetingState } from '../../meeting/state';
import classes from './Header.module.css';
import { LineWord } from './LineWord';

export function Header({ state }: { readonly state: MeetingState }) {
  const { t } = useTranslation();
  const own = state.room.points.find((tile) => tile.point.own);
  return (
    <header className={classes.header}>
      <h1 className={classes.title} title={state.info.title}>
        {state.info.title}
      </h1>
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
