import { Button, SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { EditReason, MeetingLine } from '../../api/meetings';
import { dateText, dayOf } from '../../i18n/clock';
import { partsOf } from '../../i18n/zone';
import { addDays, addMonths } from '../../office/day';
import { byDay } from '../../office/lines';
import { CreateMeeting } from '../office/CreateMeeting';
import classes from './Calendar.module.css';
import { DayCell } from './DayCell';
import { MoveDialog } from './MoveDialog';

export type Span = 'week' | 'month';

interface CalendarProps {
  readonly span: Span;
  readonly day: Date;
  readonly days: readonly Date[];
  readonly lines: readonly MeetingLine[];
  /** Whether the bridge has told what there is. */
  readonly loaded: boolean;
  readonly now: number;
  readonly onSpan: (span: Span) => void;
  readonly onDay: (day: Date) => void;
  readonly onMove: (line: MeetingLine, day: string, reason: EditReason) => void;
}

/** Week and month; a meeting is moved by dragging it to another day. */
export function Calendar(props: CalendarProps) {
  const { t } = useTranslation();
  const { span, day, days, lines, now } = props;
  const [asked, setAsked] = useState<{ line: MeetingLine; day: string } | null>(null);
  const meetings = byDay(lines);
  const turn = (by: 1 | -1) => props.onDay(span === 'week' ? addDays(day, 7 * by) : addMonths(day, by));
  const names = t('calendar.days', { returnObjects: true }) as readonly string[];
  const first = days[0] ?? day;
  const last = days.at(-1) ?? day;
  const drop = (id: string, target: string) => {
    const line = lines.find((each) => each.id === id);
    if (line?.start && dayOf(new Date(line.start)) !== target) setAsked({ line, day: target });
  };
  return (
    <>
      <div className={classes.bar}>
        <h1 className={classes.title}>
          {span === 'week' ? t('calendar.weekOf', { from: dateText(first), to: dateText(last) }) : t('calendar.monthOf', { month: partsOf(day).month, year: partsOf(day).year })}
        </h1>
        <Button variant="default" onClick={() => turn(-1)}>
          ‹ {t('calendar.back')}
        </Button>
        <Button variant="default" onClick={() => props.onDay(new Date(now))}>
          {t('calendar.today')}
        </Button>
        <Button variant="default" onClick={() => turn(1)}>
          {t('calendar.on')} ›
        </Button>
        <SegmentedControl
          transitionDuration={0}
          value={span}
          onChange={(value) => props.onSpan(value === 'month' ? 'month' : 'week')}
          data={[
            { value: 'week', label: t('calendar.week') },
            { value: 'month', label: t('calendar.month') },
          ]}
        />
        <CreateMeeting />
      </div>
      <div className={classes.grid} data-span={span}>
        {names.map((name) => (
          <div key={name} className={classes.name}>
            {name}
          </div>
        ))}
        {days.map((each, index) => (
          <DayCell
            key={dayOf(each)}
            day={each}
            name={names[index % 7] ?? ''}
            today={dayOf(each) === dayOf(new Date(now))}
            outside={span === 'month' && partsOf(each).month !== partsOf(day).month}
            lines={meetings.get(dayOf(each)) ?? []}
            most={span === 'week' ? 20 : 3}
            onDrop={drop}
          />
        ))}
      </div>
      {props.loaded && !days.some((each) => meetings.has(dayOf(each))) && <p className={classes.empty}>{t(span === 'week' ? 'calendar.emptyWeek' : 'calendar.emptyMonth')}</p>}
      {asked && (
        <MoveDialog
          line={asked.line}
          day={asked.day}
          onClose={() => setAsked(null)}
          onMove={(reason) => {
            props.onMove(asked.line, asked.day, reason);
            setAsked(null);
          }}
        />
      )}
    </>
  );
}
