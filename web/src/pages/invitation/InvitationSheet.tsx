import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Invitation } from '../../api/invitation';
import { paperPath, type NewReply, type Paper, type Reply } from '../../api/meetings';
import type { Plan } from '../../conduct/board';
import { at } from '../../conduct/board';
import { dateText, timeText } from '../../i18n/clock';
import { comeBackHere } from '../../office/after-sign-in';
import { Panel } from '../../parts/Panel';
import { ReplyForm } from './ReplyForm';
import classes from './InvitationSheet.module.css';

interface InvitationSheetProps {
  readonly letter: Invitation;
  /** Null for who may not see more than the letter says. */
  readonly plan: Plan | null;
  readonly papers: readonly Paper[];
  readonly reply: Reply | null;
  readonly signedIn: boolean;
  /** Null for who does not answer for the point. */
  readonly onReply: ((answer: NewReply) => void) | null;
}

/** An invitation as on paper: who is invited, to what, when; below it the agenda with its papers, and the reply. */
export function InvitationSheet({ letter, plan, papers, reply, signedIn, onReply }: InvitationSheetProps) {
  const { t } = useTranslation();
  const start = new Date(letter.start);
  const end = new Date(letter.end);
  const off = letter.state === 'da-phat-hanh' ? null : letter.state;
  return (
    <div className={classes.page}>
      <section className={classes.letter} data-testid="invitation">
        <p className={classes.kicker}>{t('invitation.title')}</p>
        <h1 className={classes.title}>{letter.title}</h1>
        <p className={classes.to}>{t('invitation.to', { point: letter.pointName })}</p>
        {off && (
          <p className={classes.off} role="alert">
            {t(`invitation.${off}`)}
          </p>
        )}
        {!letter.newest && !off && <p className={classes.changed}>{t('invitation.changed')}</p>}
        <dl className={classes.facts}>
          <Fact word={t('invitation.time')} value={`${timeText(start)} – ${timeText(end)}, ${dateText(start)}`} />
          <Fact word={t('invitation.host')} value={letter.host} />
          {plan && (
            <>
              <Fact word={t('invitation.place')} value={plan.place ?? ''} />
              <Fact word={t('invitation.chair')} value={[plan.people.chair?.name, plan.people.chair?.position].filter(Boolean).join(', ')} />
              <Fact word={t('invitation.contact')} value={[plan.people.technician?.name, plan.people.phone].filter(Boolean).join(', ')} />
            </>
          )}
        </dl>
        <p className={classes.seen}>{t('invitation.seen')}</p>
        {!plan && (
          <div className={classes.acts}>
            <p>{t(signedIn ? 'invitation.notYours' : 'invitation.signIn')}</p>
            <Button component="a" href="/dang-nhap" onClick={comeBackHere}>
              {t('signIn.title')}
            </Button>
          </div>
        )}
        {plan && (
          <div className={classes.acts}>
            <Button component="a" variant="default" href={`/api/meetings/${encodeURIComponent(letter.meeting)}/invitation.ics`} download>
              {t('invitation.calendarFile')}
            </Button>
          </div>
        )}
      </section>
      {onReply && <ReplyForm key={reply?.answer ?? ''} reply={reply} onReply={onReply} />}
      {plan && (
        <Panel title={t('invitation.agenda')}>
          <ol className={classes.agenda}>
            {plan.agenda.map((item) => (
              <li key={item.id}>
                <div className={classes.item}>
                  <time>{item.start ? timeText(new Date(at(item.start))) : ''}</time>
                  <strong>{item.title}</strong>
                  <span>{item.presenter?.name ?? ''}</span>
                </div>
                <PaperLinks meeting={letter.meeting} papers={papers.filter((paper) => paper.item === item.id)} />
              </li>
            ))}
          </ol>
        </Panel>
      )}
    </div>
  );
}

function Fact({ word, value }: { readonly word: string; readonly value: string }) {
  if (value === '') return null;
  return (
    <div>
      <dt>{word}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function PaperLinks({ meeting, papers }: { readonly meeting: string; readonly papers: readonly Paper[] }) {
  const { t } = useTranslation();
  if (papers.length === 0) return null;
  return (
    <ul className={classes.papers}>
      {papers.map((paper) => (
        <li key={paper.id}>
          {paper.recalled ? (
            <span>
              {paper.name} — <em>{t('invitation.recalled')}</em>
            </span>
          ) : (
            <a href={paperPath(meeting, paper.id)} target="_blank" rel="noreferrer" aria-label={t('invitation.open', { name: paper.name })}>
              {paper.name}
            </a>
          )}
        </li>
      ))}
    </ul>
  );
}
