import { Button, Checkbox } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { copiesOf, soundness, type Kept } from '../../archive/keeping';
import { dateText, dayText, timeText } from '../../i18n/clock';
import table from '../../parts/table.module.css';
import classes from './Keeping.module.css';

interface KeptRowProps {
  readonly kept: Kept;
  readonly className: string | undefined;
  readonly marked: boolean;
  readonly onMark: ((on: boolean) => void) | null;
  readonly onOpen: () => void;
}

/** One recording: what is urgent about it is red, the rest is quiet. */
export function KeptRow({ kept, className, marked, onMark, onOpen }: KeptRowProps) {
  const { t } = useTranslation();
  const { term, life, custody } = kept;
  const title = kept.title ?? kept.recording;
  const begun = new Date(kept.begun);
  const sound = soundness(kept);
  return (
    <tr data-testid="kept" data-held={Boolean(term.held)}>
      <td>
        <div className={classes.name}>
          {onMark && <Checkbox checked={marked && Boolean(kept.disposable)} disabled={!kept.disposable} title={kept.disposable ? '' : t(`keeping.cannot.${term.forever ? 'forever' : term.held ? 'held' : 'running'}`)} aria-label={t('keeping.select', { title })} onChange={(event) => onMark(event.currentTarget.checked)} />}
          <div>
            <div className={table.strong}>{title}</div>
            <div className={classes.small}>
              {dateText(begun)} {timeText(begun)} · {className ?? t('keeping.unclassed')}
            </div>
          </div>
        </div>
      </td>
      <td data-label={t('keeping.until')}>
        <div className={classes.line}>{term.forever || !term.until ? t('keeping.forever') : dayText(term.until)}</div>
        {term.held && <strong className={classes.held}>{t('keeping.held')}</strong>}
        {!term.held && term.ended && <strong className={classes.amber}>{t('keeping.ended')}</strong>}
        {!term.held && !term.ended && !term.forever && <span className={classes.small}>{t('keeping.years', { count: term.years ?? 0 })}</span>}
      </td>
      <td data-label={t('keeping.giveBy')}>
        {life.handOver ? (
          <span className={classes.small}>{t('keeping.given', { day: dateText(new Date(life.handOver.at)) })}</span>
        ) : (
          <>
            <div className={classes.line}>{term.giveBy ? dayText(term.giveBy) : ''}</div>
            {term.late ? <strong className={classes.red}>{t('keeping.late')}</strong> : term.remind && <strong className={classes.amber}>{t('keeping.remind')}</strong>}
          </>
        )}
      </td>
      <td data-label={t('keeping.integrity')}>
        <strong className={classes.sound} data-state={sound}>
          {t(`keeping.sound.${sound}`)}
        </strong>
        <div className={classes.small}>
          {[
            custody.checked ? t('keeping.marks.checked', { day: dateText(new Date(custody.checked)) }) : '',
            t('keeping.marks.copies', { count: copiesOf(kept) }),
            t(custody.stamped ? 'keeping.marks.stamped' : 'keeping.marks.unstamped'),
            kept.encrypted ? t('keeping.marks.encrypted') : '',
          ]
            .filter(Boolean)
            .join(' · ')}
        </div>
      </td>
      <td className={table.number}>
        <Button size="compact-sm" variant="default" onClick={onOpen}>
          {t('keeping.open')}
        </Button>
      </td>
    </tr>
  );
}
