import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, Navigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { fetchMeetings } from '../../api/meetings';
import { useNow } from '../../app/use-now';
import { at } from '../../conduct/board';
import { useRunning } from '../../live/use-running';
import { dateText, dayOf, timeText } from '../../i18n/clock';
import { comeBackHere } from '../../office/after-sign-in';
import { addDays } from '../../office/day';
import { dueMeeting, isPast, leftHere, noteLeft } from '../../office/machine';
import { OfficeShell } from '../office/OfficeShell';
import { usePointName } from '../pairing/use-point-name';
import classes from './MachineStart.module.css';

/** The first page of a room's machine: it waits here, and goes into each meeting of its point when its time has come. */
export function MachineStart({ point }: { readonly point: string }) {
  const { t } = useTranslation();
  const name = usePointName(point);
  const now = useNow(5_000);
  const today = dayOf(new Date(now));
  const meetings = useQuery({
    queryKey: ['meetings', 'machine', today],
    // From yesterday on: a meeting may go on past midnight.
    queryFn: async () => fetchMeetings(dayOf(addDays(new Date(now), -1)), dayOf(addDays(new Date(now), 2))),
    refetchInterval: 30_000,
    refetchIntervalInBackground: true,
    staleTime: 0,
  });
  const lines = (meetings.data ?? []).filter((line) => line.state === 'da-phat-hanh' && line.start !== undefined);
  const running = useRunning(lines.filter((line) => isPast(line.end, now)).map((line) => line.id)).meetings;
  // What was known before the room was in a meeting may be of one that was put off since.
  const due = meetings.isFetchedAfterMount ? dueMeeting(lines, now, leftHere(), running) : null;
  if (due) return <Navigate to="/hop/$room" params={{ room: due.id }} replace />;
  const ahead = lines.filter((line) => !isPast(line.end, now) || running.has(line.id));
  return (
    <OfficeShell>
      <section className={classes.sheet}>
        <h1 className={classes.point}>{name}</h1>
        <p className={classes.text} role="status">
          {meetings.isError ? t('machine.away') : meetings.isPending ? t('app.loading') : ahead.length === 0 ? t('machine.none') : t('machine.next')}
        </p>
        <ul className={classes.list}>
          {ahead.map((line) => (
            <li key={line.id} className={classes.line} data-testid="ahead">
              <time className={classes.time}>
                <strong>{timeText(new Date(at(line.start)))}</strong>
                <span>{dateText(new Date(at(line.start)))}</span>
              </time>
              <span className={classes.title}>{line.title}</span>
              <Button component={Link} to={`/hop/${encodeURIComponent(line.id)}`} size="md" onClick={() => noteLeft(line.id, false)}>
                {t('home.join')}
              </Button>
            </li>
          ))}
        </ul>
        <nav className={classes.ways}>
          <Link to="/trang-chu">{t('machine.home')}</Link>
          <Link to="/dang-nhap">{t('signIn.title')}</Link>
          <Link to="/ghep-may" onClick={comeBackHere}>
            {t('pairing.way')}
          </Link>
        </nav>
      </section>
    </OfficeShell>
  );
}
