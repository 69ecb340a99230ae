import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { HandCounts } from '../../conduct/board';
import { handFault, sumOf } from '../../conduct/vote';
import type { After } from '../../live/use-board';
import classes from './CountHands.module.css';

interface CountHandsProps {
  readonly members: number;
  readonly onHands: (counts: HandCounts, after: After) => void;
}

/** Three counts with buttons that a finger hits; the sum may not exceed the members (VOT-02). */
export function CountHands({ members, onHands }: CountHandsProps) {
  const { t } = useTranslation();
  const [counts, setCounts] = useState<HandCounts>({ for: 0, against: 0, abstain: 0 });
  const [sent, setSent] = useState<'no' | 'sending' | 'yes'>('no');
  const fault = members > 0 ? handFault(counts, members) : null;
  const step = (kind: keyof HandCounts, by: number) => {
    setSent('no');
    setCounts({ ...counts, [kind]: Math.max(0, counts[kind] + by) });
  };
  return (
    <div className={classes.hands}>
      <p className={classes.hint}>{t('room.voteHands')}</p>
      <div className={classes.kinds}>
        {(['for', 'against', 'abstain'] as const).map((kind) => (
          <div key={kind} className={classes.kind} role="group" aria-label={t(`vote.${kind}`)}>
            <span>{t(`vote.${kind}`)}</span>
            <button type="button" aria-label={`${t(`vote.${kind}`)} −1`} disabled={counts[kind] === 0} onClick={() => step(kind, -1)}>
              −
            </button>
            <output>{counts[kind]}</output>
            <button type="button" aria-label={`${t(`vote.${kind}`)} +1`} onClick={() => step(kind, 1)}>
              +
            </button>
          </div>
        ))}
        <button
          type="button"
          className={classes.send}
          disabled={fault !== null || sumOf(counts) === 0 || sent !== 'no'}
          onClick={() => {
            setSent('sending');
            onHands(counts, (refused) => setSent((before) => (before === 'sending' ? (refused === null ? 'yes' : 'no') : before)));
          }}
        >
          {sent === 'yes' ? t('room.voted', { choice: `${counts.for} / ${counts.against} / ${counts.abstain}` }) : t('room.voteSend')}
        </button>
      </div>
      {fault && (
        <p role="alert" className={classes.fault}>
          {t(`hands.${fault}`, { count: members })}
        </p>
      )}
    </div>
  );
}
