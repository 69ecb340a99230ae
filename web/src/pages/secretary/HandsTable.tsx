import { Button, NumberInput } from '@mantine/core';
import { useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Board, HandCounts, Vote } from '../../conduct/board';
import { handFault, handRows, type HandRow } from '../../conduct/vote';
import type { Do } from '../../live/use-board';
import { Panel } from '../../parts/Panel';
import table from '../../parts/table.module.css';
import classes from './HandsTable.module.css';

interface HandsTableProps {
  readonly board: Board;
  readonly vote: Vote;
  readonly act: Do;
}

/** Show of hands, three counts a point; the secretary confirms each (VOT-02). */
export function HandsTable({ board, vote, act }: HandsTableProps) {
  const { t } = useTranslation();
  const rows = handRows(board, vote);
  const waiting = rows.filter((row) => row.counts !== null && !row.confirmed);
  const list = useRef<HTMLTableSectionElement>(null);
  const goOn = (index: number) => list.current?.querySelectorAll('tr')[index + 1]?.querySelector('input')?.focus();
  return (
    <Panel title={t('hands.title')} aside={t('hands.done', { done: rows.filter((row) => row.confirmed).length, count: rows.length })} fill>
      <div className={classes.bar}>
        <span>{t('hands.keys')}</span>
        <Button
          size="sm"
          disabled={waiting.length === 0}
          onClick={() => {
            for (const row of waiting) act({ do: 'confirm-hands', with: { motion: vote.motion.id, point: row.point } });
          }}
        >
          {t('hands.confirmAll', { count: waiting.length })}
        </Button>
      </div>
      <table className={`${table.table ?? ''} ${table.stacked ?? ''} ${classes.table ?? ''}`}>
        <thead>
          <tr>
            <th scope="col">{t('roll.point')}</th>
            <th scope="col" className={table.number}>
              {t('hands.members')}
            </th>
            <th scope="col">{t('vote.for')}</th>
            <th scope="col">{t('vote.against')}</th>
            <th scope="col">{t('vote.abstain')}</th>
            <th scope="col">
              <span className="visually-hidden">{t('hands.confirm')}</span>
            </th>
          </tr>
        </thead>
        <tbody ref={list}>
          {rows.map((row, index) => (
            <HandLine key={row.point} row={row} motion={vote.motion.id} act={act} onDone={() => goOn(index)} />
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

interface HandLineProps {
  readonly row: HandRow;
  readonly motion: string;
  readonly act: Do;
  /** The count was entered by key: the next point's turn. */
  readonly onDone: () => void;
}

function HandLine({ row, motion, act, onDone }: HandLineProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState<HandCounts | null>(null);
  const counts = typed ?? row.counts ?? { for: row.members, against: 0, abstain: 0 };
  const fault = handFault(counts, row.members);
  const enter = () => {
    act({ do: 'enter-hands', with: { motion, point: row.point, counts } });
    setTyped(null);
  };
  const press = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || fault !== null) return;
    event.preventDefault();
    // What stands there already is not entered twice.
    if (typed || !row.counts) enter();
    onDone();
  };
  const field = (kind: keyof HandCounts) => (
    <NumberInput
      size="sm"
      hideControls
      className={classes.count ?? ''}
      aria-label={t('hands.countOf', { kind: t(`vote.${kind}`), name: row.name })}
      min={0}
      value={counts[kind]}
      error={fault !== null}
      onKeyDown={press}
      onChange={(value) => setTyped({ ...counts, [kind]: value === '' ? Number.NaN : Number(value) })}
    />
  );
  return (
    <tr data-testid="hands-row" data-point={row.point}>
      <td>
        <div className={table.strong}>{row.name}</div>
        {row.earlier.map((old) => (
          <s key={`${old.for}/${old.against}/${old.abstain}`} className={classes.old}>
            {old.for} / {old.against} / {old.abstain}
          </s>
        ))}
        {fault && (
          <div role="alert" className={classes.fault}>
            {t(`hands.${fault}`, { count: row.members })}
          </div>
        )}
      </td>
      <td className={table.number} data-label={t('hands.members')}>
        {row.members}
      </td>
      {(['for', 'against', 'abstain'] as const).map((kind) => (
        <td key={kind} data-label={t(`vote.${kind}`)}>
          {field(kind)}
        </td>
      ))}
      <td className={classes.acts}>
        {row.counts && !typed ? (
          <Button size="sm" variant={row.confirmed ? 'default' : 'filled'} disabled={row.confirmed} onClick={() => act({ do: 'confirm-hands', with: { motion, point: row.point } })}>
            {row.confirmed ? t('hands.confirmed') : t('hands.confirm')}
          </Button>
        ) : (
          <Button
            size="sm"
            variant="default"
            disabled={fault !== null}
            onClick={enter}
          >
            {t('hands.enter')}
          </Button>
        )}
      </td>
    </tr>
  );
}
