import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Board, Vote } from '../../conduct/board';
import { handRows, percent, quorumOf, sumOf, tally } from '../../conduct/vote';
import type { Do } from '../../live/use-board';
import { ConfirmButton } from '../../parts/ConfirmButton';
import { Panel } from '../../parts/Panel';
import classes from './VotePanel.module.css';

interface VotePanelProps {
  readonly board: Board;
  readonly act: Do;
  /** Opening, closing and breaking a tie are the chair's. */
  readonly chairs: boolean;
}

/** The vote that is prepared, open or was closed last (VOT-01, VOT-03). */
export function VotePanel({ board, act, chairs }: VotePanelProps) {
  const { t } = useTranslation();
  const vote = board.votes.find((each) => each.phase === 'mo' || each.phase === 'cho-chu-toa') ?? board.votes.find((each) => each.phase === 'chuan-bi') ?? board.votes.at(-1);
  return (
    <Panel title={t('vote.title')} aside={vote ? t(`vote.phase.${vote.phase}`) : undefined}>
      {vote ? <VoteCard board={board} vote={vote} act={act} chairs={chairs} /> : <p className={classes.none}>{t('vote.none')}</p>}
    </Panel>
  );
}

function VoteCard({ board, vote, act, chairs }: VotePanelProps & { readonly vote: Vote }) {
  const { t } = useTranslation();
  const counts = tally(vote);
  const quorum = quorumOf(board, vote);
  const result = board.live.vote?.motion === vote.motion.id ? board.live.vote.result : undefined;
  const waiting = handRows(board, vote).filter((row) => !row.confirmed).length;
  const motion = vote.motion.id;
  return (
    <div className={classes.card}>
      <p className={classes.motion}>{vote.motion.title}</p>
      <p className={classes.rule}>
        {t(`vote.form.${vote.motion.form}`)} · {t('vote.present', { present: quorum.present, count: quorum.eligible })}
        {quorum.needed > 0 && (
          <>
            {' '}
            · <strong data-met={quorum.met}>{quorum.met ? t('vote.quorumMet') : t('vote.quorumNot', { count: quorum.needed })}</strong>
          </>
        )}
      </p>
      {vote.phase !== 'chuan-bi' && (
        <dl className={classes.counts}>
          {(['for', 'against', 'abstain'] as const).map((kind) => (
            <div key={kind} data-kind={kind}>
              <dt>{t(`vote.${kind}`)}</dt>
              <dd>{counts[kind]}</dd>
            </div>
          ))}
        </dl>
      )}
      {result && (
        <p className={classes.result} data-passed={result.passed}>
          {t(result.passed ? 'vote.passed' : 'vote.fell', { share: percent(result.perMille, t('vote.comma')) })}
        </p>
      )}
      {vote.phase === 'mo' && vote.motion.form === 'gio-tay' && waiting > 0 && <p className={classes.rule}>{t('vote.unconfirmed', { count: waiting })}</p>}
      {vote.phase === 'mo' && vote.motion.form === 'ghi-ten' && <p className={classes.rule}>{t('vote.cast', { cast: sumOf(counts), count: quorum.present })}</p>}
      {chairs && vote.phase === 'chuan-bi' && <Opening motion={motion} quorumMet={quorum.met} act={act} />}
      {chairs && vote.phase === 'mo' && (
        <ConfirmButton size="md" disabled={vote.motion.form === 'gio-tay' && waiting > 0} onConfirm={() => act({ do: 'close-vote', with: { motion } })}>
          {t('vote.close')}
        </ConfirmButton>
      )}
      {chairs && vote.phase === 'cho-chu-toa' && (
        <div className={classes.acts}>
          <Button size="md" onClick={() => act({ do: 'break-tie', with: { motion, choice: 'tan-thanh' } })}>
            {t('vote.tieFor')}
          </Button>
          <Button size="md" variant="default" onClick={() => act({ do: 'break-tie', with: { motion, choice: 'khong-tan-thanh' } })}>
            {t('vote.tieAgainst')}
          </Button>
        </div>
      )}
    </div>
  );
}

/** Without a quorum the chair types why it is opened all the same. */
function Opening({ motion, quorumMet, act }: { readonly motion: string; readonly quorumMet: boolean; readonly act: Do }) {
  const { t } = useTranslation();
  const [despite, setDespite] = useState('');
  return (
    <div className={classes.opening}>
      {!quorumMet && <TextInput size="sm" label={t('vote.despite')} value={despite} onChange={(event) => setDespite(event.currentTarget.value)} />}
      <Button
        size="md"
        disabled={!quorumMet && despite.trim() === ''}
        onClick={() => act({ do: 'open-vote', with: { motion, ...(quorumMet ? {} : { despite: despite.trim() }) } })}
      >
        {t('vote.open')}
      </Button>
    </div>
  );
}
