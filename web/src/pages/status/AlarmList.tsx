import { useTranslation } from 'react-i18next';
import type { Alarm } from '../../api/status';
import { Icon } from '../../app/icons';
import { figureText } from '../../i18n/figure';
import classes from './StatusPage.module.css';

/** The figure as the alarm's text wants it: gigabytes, hundredths, or a number. */
function valueOf(alarm: Alarm): string {
  const value = alarm.value ?? 0;
  if (alarm.code === 'disk-low') return figureText(value / 1e9);
  if (alarm.code === 'processor' || alarm.code === 'memory') return figureText(value * 100, 0);
  return figureText(Math.floor(value), 0);
}

/** What somebody has to do something about, the gravest first; or that there is nothing. */
export function AlarmList({ alarms }: { readonly alarms: readonly Alarm[] }) {
  const { t } = useTranslation();
  if (alarms.length === 0) {
    return (
      <p className={classes.calm} role="status" data-testid="calm">
        <span className={classes.dot} data-state="well" />
        {t('status.well')}
      </p>
    );
  }
  return (
    <section className={classes.alarms} aria-label={t('status.some', { count: alarms.length })}>
      <h2 className={classes.count}>{t('status.some', { count: alarms.length })}</h2>
      <ul>
        {alarms.map((alarm) => (
          <li key={alarm.code} className={classes.alarm} data-grave={alarm.grave} data-testid={`alarm-${alarm.code}`}>
            <Icon name="warning" size={22} />
            <div>
              <p className={classes.what}>{t(`status.alarms.${alarm.code}.what`, { value: valueOf(alarm) })}</p>
              <p className={classes.todo}>{t(`status.alarms.${alarm.code}.todo`)}</p>
            </div>
            <span className={classes.when}>{t(alarm.grave ? 'status.grave' : 'status.later')}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
