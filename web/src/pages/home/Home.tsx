import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { MeetingLine } from '../../api/meetings';
import type { Session } from '../../api/session';
import type { Line } from '../../archive/desk';
import { timeCode } from '../../archive/lanes';
import { at } from '../../conduct/board';
import { bridgeClock } from '../../conduct/clock';
import { dateText, dayOf, timeText } from '../../i18n/clock';
import { isOn } from '../../office/lines';
import { Panel } from '../../parts/Panel';
import { CreateMeeting } from '../office/CreateMeeting';
import classes from './Home.module.css';

interface HomeProps {
  readonly session: Session;
  readonly lines: readonly MeetingLine[];
  /** Recordings of the last days that can be watched now. */
  readonly ready: readonly Line[];
  readonly loading: boolean;
  readonly now: number;
  readonly onComes: (meeting: string, point: string) => void;
}

/** Today's meetings of my unit with one button to join, and what is asked of me. */
export function Home({ session, lines, ready, loading, now, onComes }: HomeProps) {
  const { t } = useTranslation();
  const today = dayOf(new Date(now));
  const live = lines.filter((line) => line.start !== undefined && line.state !== 'huy');
  const sorted = [...live].sort((a, b) => at(a.start) - at(b.start));
  const ofToday = sorted.filter((line) => dayOf(new Date(at(line.start))) === today && line.state === 'da-phat-hanh');
  const soon = sorted.filter((line) => dayOf(new Date(at(line.start))) > today);
  const drafts = sorted.filter((line) => line.state === 'du-thao');
  const invitations = session.point ? soon.filter((line) => line.state === 'da-phat-hanh') : [];
  const wrong = bridgeClock.wrongMinutes;
  return (
    <>
      <div className={classes.top}>
        <h1 className={classes.hello}>{t('home.hello', { name: session.name ?? session.point ?? '' })}</h1>
        {session.rights.includes('thu-ky') && <CreateMeeting />}
      </div>
      {wrong !== 0 && (
        <p className={classes.clock} role="status">
          {t('home.clockWrong', { minutes: Math.abs(wrong) })}
        </p>
      )}
      <div className={classes.grid}>
        <div className={classes.column}>
          <Panel title={t('home.today')} aside={dateText(new Date(now))}>
            {ofToday.length === 0 && !loading && <p className={classes.none}>{t('home.none')}</p>}
            {ofToday.map((line) => (
              <Today key={line.id} line={line} now={now} boards={session.rights} machine={(session.point ?? '') !== ''} />
            ))}
          </Panel>
          <Panel title={t('home.soon')}>
            {soon.length === 0 && !loading && <p className={classes.none}>{t('calendar.none')}</p>}
            <ul className={classes.soon}>
              {soon.map((line) => (
                <li key={line.id}>
                  <time>
                    {dateText(new Date(at(line.start)))} {timeText(new Date(at(line.start)))}
                  </time>
                  <Link to="/lich/$meeting" params={{ meeting: line.id }}>
                    {line.title}
                  </Link>
                </li>
              ))}
            </ul>
          </Panel>
        </div>
        <Panel title={t('home.asked')}>
          {drafts.length === 0 && invitations.length === 0 && ready.length === 0 && <p className={classes.none}>{t('home.nothingAsked')}</p>}
          {ready.map((each) => (
            <Asked key={each.id} title={t('home.recorded')} text={`${each.title} · ${dateText(new Date(each.begun))} · ${timeCode(each.length)}`}>
              <Button component={Link} to={`/kho/${encodeURIComponent(each.id)}`} variant="default">
                {t('home.watch')}
              </Button>
            </Asked>
          ))}
          {drafts.map((line) => (
            <Asked key={line.id} title={t('home.finishDraft')} text={t('home.finishDraftText', { title: line.title })}>
              <Button component={Link} to={`/lich/${encodeURIComponent(line.id)}`} variant="default">
                {t('home.edit')}
              </Button>
            </Asked>
          ))}
          {invitations.map((line) => (
            <Asked key={line.id} title={t('home.reply')} text={line.title}>
              <Button onClick={() => onComes(line.id, session.point ?? '')}>{t('home.comes')}</Button>
              <Button component={Link} to={`/lich/${encodeURIComponent(line.id)}`} variant="default">
                {t('home.edit')}
              </Button>
            </Asked>
          ))}
        </Panel>
      </div>
    </>
  );
}

const boardOf = [
  ['chu-tri', 'chu-tri'],
  ['thu-ky', 'thu-ky'],
  ['ky-thuat-vien', 'ky-thuat'],
] as const;

function Today({ line, now, boards, machine }: { readonly line: MeetingLine; readonly now: number; readonly boards: readonly string[]; readonly machine: boolean }) {
  const { t } = useTranslation();
  const on = isOn(line, now);
  const board = boardOf.find(([right]) => boards.includes(right));
  return (
    <article className={classes.today} data-on={on} data-testid="today">
      <div className={classes.time}>
        <strong>{timeText(new Date(at(line.start)))}</strong>
        <span>{line.end ? timeText(new Date(at(line.end))) : ''}</span>
      </div>
      <div className={classes.what}>
        <h3 className={classes.title}>{line.title}</h3>
        <p className={classes.facts}>
          {on && <strong className={classes.now}>{t('home.now')}</strong>}
          {[line.host, line.chair ? t('home.chair', { name: line.chair }) : '', t('home.points', { count: line.points })].filter(Boolean).join(' · ')}
        </p>
      </div>
      <div className={classes.acts}>
        {(machine || !board) && (
          <Button size="lg" component="a" href={`/hop/${encodeURIComponent(line.id)}`}>
            {t('home.join')}
          </Button>
        )}
        {board && (
          <Button size="lg" variant={machine ? 'default' : 'filled'} component="a" href={`/hop/${encodeURIComponent(line.id)}/${board[1]}`}>
            {t('home.board')}
          </Button>
        )}
      </div>
    </article>
  );
}

function Asked({ title, text, children }: { readonly title: string; readonly text: string; readonly children: React.ReactNode }) {
  return (
    <article className={classes.asked} data-testid="asked">
      <h3 className={classes.askedTitle}>{title}</h3>
      <p className={classes.askedText}>{text}</p>
      <div className={classes.acts}>{children}</div>
    </article>
  );
}
