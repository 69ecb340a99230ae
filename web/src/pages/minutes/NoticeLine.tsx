import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { NoticeOfConclusions } from '../../api/minutes';
import { dayText } from '../../i18n/clock';
import { Panel } from '../../parts/Panel';
import classes from './MinutesDesk.module.css';

interface NoticeLineProps {
  readonly notice: NoticeOfConclusions;
  /** Null for who may not say that it was sent. */
  readonly onSent: (() => void) | null;
}

/** The notice of conclusions: when it is due, red when it is late, and whether it is out (MIN-05). */
export function NoticeLine({ notice, onSent }: NoticeLineProps) {
  const { t } = useTranslation();
  const sent = notice.sent ?? '';
  return (
    <Panel title={t('signing.notice')} aside={t('task.count', { count: notice.tasks?.length ?? 0 })}>
      <p className={notice.overdue ? classes.broken : classes.fact} data-testid="notice-due">
        {sent === '' ? t(notice.overdue ? 'signing.overdue' : 'signing.due', { day: dayText(notice.due) }) : t('signing.sent', { day: dayText(sent) })}
      </p>
      {onSent && sent === '' && (
        <Button size="sm" variant="default" onClick={onSent}>
          {t('signing.markSent')}
        </Button>
      )}
    </Panel>
  );
}
