import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MeetingLine, NewReply } from '../../api/meetings';
import type { Session } from '../../api/session';
import type { Line } from '../../archive/desk';
import { timeCode } from '../../archive/lanes';
import { at } from '../../conduct/board';
import { bridgeClock } from '../../conduct/clock';
import { dateText, dayOf, timeText } from '../../i18n/clock';
import { asksOf, boardIn, isOn } from '../../office/lines';
import { Panel } from '../../parts/Panel';
import { CreateMeeting } from '../office/CreateMeeting';
import { Invited } from './Invited';
import { Asked } from './Asked';
import { ReplyDialog } from './ReplyDialog';
import classes from './Home.module.css';

interface HomeProps {
  readonly session: Session;
  readonly lines: readonly MeetingLine[];
  /** Recordings of the last days that can be watched now. */
  readonly ready: readonly Line[];
  readonly loading: boolean;
  readonly now: number;
  readonly onReply: (meeting: string, point: string, answer: NewReply, onSent?: () => void) => void;
  /** A reply is on its way. */
  readonly replying: boolean;
}

/** Today's meetings of my unit with one button to join, and what is asked of me. */
export function Home({ session, lines, ready, loading, now, onReply, replying }: HomeProps) {
  const { t } = useTranslation();
  const today = dayOf(new Date(now));
  const live = lines.filter((line) => line.start !== undefined && line.state !== 'huy');
  const sorted = [...live].sort((a, b) => at(a.start) - at(b.start));
  const ofToday = sorted.filter((line) => dayOf(new Date(at(line.start))) === today && line.state === 'da-phat-hanh');
  const soon = sorted.filter((line) => dayOf(new Date(at(line.start))) > today);
  const asks = asksOf(lines, now);
  const wrong = bridgeClock.wrongMinutes;
  const [changing, setChanging] = useState<MeetingLine | null>(null);
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
              <Today key={line.id} line={line} now={now} machine={(session.point ?? '') !== ''} onChange={setChanging} />
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
                  <span>
                    <Link to="/lich/$meeting" params={{ meeting: line.id }}>
                      {line.title}
                    </Link>
                    <Given line={line} onChange={setChanging} />
                  </span>
                </li>
              ))}
            </ul>
          </Panel>
        </div>
        <Panel title={t('home.asked')}>
          {ready.length === 0 && Object.values(asks).every((list) => list.length === 0) && <p className={classes.none}>{t('home.nothingAsked')}</p>}
          {asks.replies.map((line) => (
            <Invited key={line.id} line={line} busy={replying} onReply={(answer) => onReply(line.id, line.mine?.point ?? '', answer)} />
          ))}
          {asks.tests.map((line) => (
            <Asked key={line.id} title={t('home.test')} text={t('home.testText', { title: line.title, count: line.mine?.untested ?? 0 })}>
              <Button component="a" href={`/hop/${encodeURIComponent(line.id)}/ky-thuat`} variant="default">
                {t('home.board')}
              </Button>
            </Asked>
          ))}
          {asks.papers.map((line) => (
            <Asked key={line.id} title={t('home.papers')} text={t('home.papersText', { title: line.title, count: line.mine?.withoutPapers ?? 0 })}>
              <Button component={Link} to={`/lich/${encodeURIComponent(line.id)}`} variant="default">
                {t('home.edit')}
              </Button>
            </Asked>
          ))}
          {ready.map((each) => (
            <Asked key={each.id} title={t('home.recorded')} text={`${each.title} · ${dateText(new Date(each.begun))} · ${timeCode(each.length)}`}>
              <Button component={Link} to={`/kho/${encodeURIComponent(each.id)}`} variant="default">
                {t('home.watch')}
              </Button>
            </Asked>
          ))}
          {asks.drafts.map((line) => (
            <Asked key={line.id} title={t('home.finishDraft')} text={t('home.finishDraftText', { title: line.title })}>
              <Button component={Link} to={`/lich/${encodeURIComponent(line.id)}`} variant="default">
                {t('home.edit')}
              </Button>
            </Asked>
          ))}
        </Panel>
      </div>
      {changing && (
        <ReplyDialog
          line={changing}
          onClose={() => setChanging(null)}
          busy={replying}
          onReply={(answer) => onReply(changing.id, changing.mine?.point ?? '', answer, () => setChanging(null))}
        />
      )}
    </>
  );
}

/** What his point answered, beside a meeting of which it is known. */
function Given({ line, onChange }: { readonly line: MeetingLine; readonly onChange: (line: MeetingLine) => void }) {
  const { t } = useTranslation();
  const answer = line.mine?.answer;
  if (answer === undefined) return null;
  return (
    <span className={classes.answered}>
      <small className={classes.given} data-testid="answered">
        {t(`editor.reply.${answer}`)}
      </small>
      {answer !== 'chua-phan-hoi' && (
        <Button size="compact-sm" variant="subtle" aria-label={t('home.changeOf', { title: line.title })} onClick={() => onChange(line)}>
          {t('home.change')}
        </Button>
      )}
    </span>
  );
}

function Today({ line, now, machine, onChange }: { readonly line: MeetingLine; readonly now: number; readonly machine: boolean; readonly onChange: (line: MeetingLine) => void }) {
  const { t } = useTranslation();
  const on = isOn(line, now);
  const board = boardIn(line);
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
          <Given line={line} onChange={onChange} />
        </p>
      </div>
      <div className={classes.acts}>
        {(machine || !board) && (
          <Button size="lg" component="a" href={`/hop/${encodeURIComponent(line.id)}`}>
            {t('home.join')}
          </Button>
        )}
        {board && (
          <Button size="lg" variant={machine ? 'default' : 'filled'} component="a" href={board}>
            {t('home.board')}
          </Button>
        )}
      </div>
    </article>
  );
}
