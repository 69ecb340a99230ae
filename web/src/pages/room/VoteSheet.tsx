import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ProblemCode } from '../../api/problem';
import { ballotAfter, turnOf, type Ballot, type Ballots } from '../../conduct/ballot';
import type { HandCounts, Voter } from '../../conduct/board';
import { choices, type Choice, type VoteState } from '../../conduct/state';
import { handBound, percent } from '../../conduct/vote';
import type { After } from '../../live/use-board';
import { CountHands } from './CountHands';
import classes from './VoteSheet.module.css';

interface VoteSheetProps {
  readonly vote: VoteState;
  /** Members with a vote at this point. */
  readonly voters: readonly Voter[];
  /** False where this machine may not read who votes here. */
  readonly known: boolean;
  readonly onCast: (voter: string, choice: Choice, after: After) => void;
  readonly onHands: (counts: HandCounts, after: After) => void;
}

/** A vote as a room sees it: huge buttons, and the result when it is closed (VOT-01, VOT-02). */
export function VoteSheet({ vote, voters, known, onCast, onHands }: VoteSheetProps) {
  const { t } = useTranslation();
  const { result } = vote;
  const bound = vote.form === 'gio-tay' ? handBound(vote, voters.length, known) : null;
  const title = vote.phase === 'mo' ? t('room.voteOpen') : vote.phase === 'cho-chu-toa' ? t('room.voteTied') : t('room.voteClosed');
  return (
    <section className={classes.sheet} aria-label={title} data-testid="vote">
      <p className={classes.kicker}>{title}</p>
      <h2 className={classes.title}>{vote.title}</h2>
      {vote.phase === 'mo' && bound === null && voters.length === 0 && <p className={classes.hint}>{t(known ? 'room.voteNobody' : 'room.voteUnknown')}</p>}
      {vote.phase === 'mo' && vote.form === 'ghi-ten' && <Named key={vote.motion} voters={voters} onCast={onCast} />}
      {vote.phase === 'mo' && bound !== null && <CountHands key={vote.motion} members={bound} onHands={onHands} />}
      {result && (
        <div className={classes.outcome}>
          <dl className={classes.result}>
            {(['for', 'against', 'abstain'] as const).map((kind) => (
              <div key={kind}>
                <dt>{t(`vote.${kind}`)}</dt>
                <dd>{result[kind]}</dd>
              </div>
            ))}
          </dl>
          <p className={classes.verdict} data-passed={result.passed}>
            {t(result.passed ? 'vote.passed' : 'vote.fell', { share: percent(result.perMille, t('vote.comma')) })}
          </p>
        </div>
      )}
    </section>
  );
}

function Named({ voters, onCast }: Pick<VoteSheetProps, 'voters' | 'onCast'>) {
  const { t } = useTranslation();
  const [ballots, setBallots] = useState<Ballots>({});
  const put = (person: string, ballot: Ballot) => setBallots((before) => ({ ...before, [person]: ballot }));
  const { next, last } = turnOf(voters, ballots);
  const own = next ? ballots[next.person] : undefined;
  const came = last ? ballots[last.person] : undefined;
  const cast = (voter: Voter, choice: Choice) => {
    put(voter.person, { state: 'sending', choice });
    onCast(voter.person, choice, (fault) => put(voter.person, ballotAfter(choice, fault)));
  };
  return (
    <>
      {next && (
        <>
          <p className={classes.hint}>
            {t('room.voteAs')} <strong>{next.name}</strong>. {t('room.voteNamed')}
          </p>
          <div className={classes.choices}>
            {choices.map((choice) => (
              <button key={choice} type="button" className={classes.choice} data-choice={choice} disabled={own?.state === 'sending'} onClick={() => cast(next, choice)}>
                {t(`room.choice.${choice}`)}
              </button>
            ))}
          </div>
          {own?.state === 'failed' && (
            <p className={classes.fault} role="alert">
              {t('room.voteFailed', { why: t(`problem.${own.fault as ProblemCode}`, { seconds: 30 }) })}
            </p>
          )}
        </>
      )}
      {last && (came?.state === 'sent' || came?.state === 'had') && (
        <p className={classes.hint} role="status">
          {last.name}: {came.state === 'sent' ? t('room.voted', { choice: t(`room.choice.${came.choice}`) }) : t('problem.vote_already_cast')}
        </p>
      )}
    </>
  );
}
