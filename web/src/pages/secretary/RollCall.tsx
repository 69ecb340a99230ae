import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Board, RollStatus } from '../../conduct/board';
import { asksFirst, changes, moved, nextToCall, rollKey, rollRows, rollTotals, type RollRow } from '../../conduct/roll';
import type { Do } from '../../live/use-board';
import { Panel } from '../../parts/Panel';
import table from '../../parts/table.module.css';
import classes from './RollCall.module.css';
import { RollEdit } from './RollEdit';

interface RollCallProps {
  readonly board: Board;
  readonly act: Do;
}

const statuses: readonly RollStatus[] = ['co-mat', 'vang-co-ly-do', 'vang-khong-ly-do', 'chua-diem-danh'];

/** Roll call of points, one key each: space for there, L and K for absent, arrows to walk (CON-07). */
export function RollCall({ board, act }: RollCallProps) {
  const { t } = useTranslation();
  const rows = rollRows(board);
  const totals = rollTotals(rows);
  const [cursor, setCursor] = useState(() => Math.max(0, rows.findIndex((row) => row.status === 'chua-diem-danh')));
  const [editing, setEditing] = useState<{ row: RollRow; status: RollStatus } | null>(null);
  const list = useRef<HTMLTableSectionElement>(null);

  const mark = (row: RollRow, index: number, status: RollStatus) => {
    // A reason is asked for, and heads where the plan says nothing of them: the bridge would refuse the mark.
    if (asksFirst(row, status)) return setEditing({ row, status });
    if (changes(row, status)) act({ do: 'mark', with: { point: row.point, status } });
    setCursor(nextToCall(rows, index));
  };
  const press = (event: KeyboardEvent) => {
    if (editing || event.ctrlKey || event.altKey || event.metaKey) return;
    const key = rollKey(event.key);
    const row = rows[cursor];
    if (!key || !row) return;
    event.preventDefault();
    if (key.kind === 'move') setCursor(moved(rows, cursor, key.by));
    else if (key.kind === 'edit') setEditing({ row, status: row.status === 'chua-diem-danh' ? 'co-mat' : row.status });
    else mark(row, cursor, key.status);
  };
  const current = rows[cursor]?.point ?? '';
  useEffect(() => {
    list.current?.querySelector(`#roll-${CSS.escape(current)}`)?.scrollIntoView({ block: 'nearest' });
  }, [current]);

  return (
    <Panel
      title={t('roll.title')}
      aside={t('roll.totals', { present: totals.present, points: totals.points, heads: totals.heads, expected: totals.expected })}
      fill
    >
      <p className={classes.keys}>{t('roll.keys')}</p>
      {/* One stop of the Tab key with a cursor of its own: the pattern of a grid. */}
      <table
        className={`${table.table ?? ''} ${table.stacked ?? ''} ${classes.grid ?? ''}`}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-to-interactive-role
        role="grid"
        tabIndex={0}
        aria-label={t('roll.title')}
        aria-activedescendant={`roll-${current}`}
        onKeyDown={press}
        data-testid="roll"
      >
          <thead>
            <tr>
              <th scope="col">{t('roll.point')}</th>
              <th scope="col">{t('roll.leader')}</th>
              <th scope="col" className={table.number}>
                {t('roll.heads')}
              </th>
              <th scope="col">{t('roll.status')}</th>
            </tr>
          </thead>
          <tbody ref={list}>
            {rows.map((row, index) => (
              <tr
                key={row.point}
                id={`roll-${row.point}`}
                className={classes.row}
                data-status={row.status}
                data-cursor={index === cursor}
                aria-selected={index === cursor}
                onClick={() => setCursor(index)}
              >
                <td>
                  <div className={table.strong}>{row.name}</div>
                  <div className={classes.hint} data-connected={row.connected}>
                    {row.connected ? t('roll.connected') : t('roll.notConnected')}
                  </div>
                </td>
                <td>
                  {row.leader}
                  <div className={table.soft}>{row.substitute ? t('roll.substitute', { name: row.substitute }) : row.reason || row.position}</div>
                </td>
                <td className={table.number} data-label={t('roll.heads')}>
                  {row.present}/{row.expected}
                </td>
                <td>
                  <div className={classes.marks}>
                    {statuses.map((status) => (
                      <button
                        key={status}
                        type="button"
                        tabIndex={-1}
                        aria-pressed={row.status === status}
                        data-status={status}
                        title={t(`roll.is.${status}`)}
                        aria-label={t('roll.markOf', { status: t(`roll.is.${status}`), name: row.name })}
                        onClick={() => mark(row, index, status)}
                      >
                        {t(`roll.short.${status}`)}
                      </button>
                    ))}
                  </div>
                </td>
              </tr>
            ))}
          </tbody>
      </table>
      {editing && (
        <RollEdit
          key={editing.row.point}
          row={editing.row}
          status={editing.status}
          onClose={() => setEditing(null)}
          onMark={(change) => {
            act({ do: 'mark', with: { point: editing.row.point, ...change } });
            setCursor(nextToCall(rows, cursor));
            setEditing(null);
          }}
        />
      )}
    </Panel>
  );
}
