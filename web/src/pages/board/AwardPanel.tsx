import { Button } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { holds, isOver, type Board } from '../../conduct/board';
import { awardRows, nextAward, type AwardRow } from '../../conduct/ceremony';
import type { Do } from '../../live/use-board';
import { Panel } from '../../parts/Panel';
import classes from './AwardPanel.module.css';

interface AwardPanelProps {
  readonly board: Board;
  readonly act: Do;
}

/** The ceremony: one key for the next recipient, any other by a press on his line (CON-16). Nothing where no award is planned. */
export function AwardPanel({ board, act }: AwardPanelProps) {
  const { t } = useTranslation();
  const rows = awardRows(board);
  const next = nextAward(board);
  const on = board.award !== undefined;
  const may = holds(board, 'chu-tri', 'thu-ky', 'ky-thuat-vien') && !isOver(board) && board.live.phase !== 'tap-hop';
  const give = (award: number) => act({ do: 'ceremony', with: { on: true, award } });
  useHotkeys([['N', () => may && on && next !== null && give(next)]]);
  if (rows.length === 0) return null;
  return (
    <Panel title={t('award.title')} aside={on ? t('award.count', { done: (board.award ?? 0) + 1, count: rows.length }) : undefined}>
      <div className={classes.panel} data-testid="awards">
        {!on && <p className={classes.hint}>{t('award.hint')}</p>}
        <div className={classes.acts}>
          <Button size="md" className={classes.next ?? ''} disabled={!may || next === null} aria-keyshortcuts="N" onClick={() => next !== null && give(next)}>
            {on ? (next === null ? t('award.last') : `${t('award.next')} (N)`) : t('award.start')}
          </Button>
          {on && (
            <Button size="md" variant="default" disabled={!may} onClick={() => act({ do: 'ceremony', with: { on: false } })}>
              {t('award.end')}
            </Button>
          )}
        </div>
        <ol className={classes.list}>
          {rows.map((row) => (
            <Line key={row.index} row={row} may={may && on} onGive={() => give(row.index)} />
          ))}
        </ol>
      </div>
    </Panel>
  );
}

function Line({ row, may, onGive }: { readonly row: AwardRow; readonly may: boolean; readonly onGive: () => void }) {
  const { t } = useTranslation();
  return (
    <li className={classes.line} data-state={row.state} aria-current={row.state === 'on' ? 'step' : undefined}>
      <button type="button" disabled={!may} aria-label={t('award.goTo', { to: row.to })} onClick={onGive}>
        <span>{row.index + 1}</span>
        <span>
          <span className={classes.to}>{row.to}</span>
          <span className={classes.what}>{[row.group ? t('award.group') : '', row.award].filter(Boolean).join(' · ')}</span>
          {row.place !== '' && (
            <span className={classes.what} data-away={!row.there}>
              {t(row.there ? 'award.at' : 'award.away', { place: row.place })}
            </span>
          )}
        </span>
      </button>
    </li>
  );
}
