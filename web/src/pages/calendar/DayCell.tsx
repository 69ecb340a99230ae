import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MeetingLine } from '../../api/meetings';
import { at } from '../../conduct/board';
import { dateText, dayOf, timeText } from '../../i18n/clock';
import { partsOf } from '../../i18n/zone';
import classes from './DayCell.module.css';

interface DayCellProps {
  readonly day: Date;
  /** Of the week: written where the heading with the days is not. */
  readonly name: string;
  readonly today: boolean;
  readonly outside: boolean;
  readonly lines: readonly MeetingLine[];
  readonly most: number;
  readonly onDrop: (id: string, day: string) => void;
}

const type = 'application/x-diemcau-meeting';

export function DayCell({ day, name, today, outside, lines, most, onDrop }: DayCellProps) {
  const { t } = useTranslation();
  const [over, setOver] = useState(false);
  return (
    // Dragging is for the mouse; the keyboard moves a meeting in its editor.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <section
      className={classes.cell}
      aria-label={dateText(day)}
      data-today={today || undefined}
      data-outside={outside || undefined}
      data-over={over || undefined}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes(type)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        onDrop(event.dataTransfer.getData(type), dayOf(day));
      }}
    >
      <p className={classes.date}>
        {partsOf(day).date}
        <span className={classes.name}>{name}</span>
      </p>
      {lines.slice(0, most).map((line) => (
        <Link
          key={line.id}
          to="/lich/$meeting"
          params={{ meeting: line.id }}
          className={classes.meeting}
          data-state={line.state}
          data-testid="meeting"
          title={line.title}
          draggable={line.state !== 'huy'}
          onDragStart={(event) => event.dataTransfer.setData(type, line.id)}
        >
          <span className={classes.time}>
            {timeText(new Date(at(line.start)))}
            {line.end ? `–${timeText(new Date(at(line.end)))}` : ''}
          </span>
          <span className={classes.title}>{line.title}</span>
          {line.state !== 'da-phat-hanh' && <span className={classes.state}>{t(`meetingState.${line.state}`)}</span>}
          {(line.overlaps ?? []).length > 0 && <span className={classes.clash}>{t('calendar.overlap')}</span>}
        </Link>
      ))}
      {lines.length > most && <p className={classes.more}>{t('calendar.more', { count: lines.length - most })}</p>}
    </section>
  );
}
