import { ActionIcon, Button, Menu } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { holds, isOver, type Board } from '../../conduct/board';
import { movedPlace, queueRows, type QueueRow } from '../../conduct/queue';
import type { Do } from '../../live/use-board';
import { Panel } from '../../parts/Panel';
import table from '../../parts/table.module.css';
import classes from './QueueTable.module.css';

interface QueueTableProps {
  readonly board: Board;
  readonly now: number;
  readonly act: Do;
  /** Whether who looks may give the floor. */
  readonly invites: boolean;
}

/** Who waits for the floor (CON-03). */
export function QueueTable({ board, now, act, invites }: QueueTableProps) {
  const { t } = useTranslation();
  const rows = queueRows(board, now);
  const invited = invites && !isOver(board);
  const orders = holds(board, 'chu-tri', 'thu-ky') && !isOver(board);
  return (
    <Panel title={t('queue.title')} aside={t('queue.count', { count: rows.filter((row) => !row.deferred).length })} fill readOnly={!invited && !orders}>
      {rows.length === 0 ? (
        <p className={table.empty}>{t('queue.empty')}</p>
      ) : (
        <table className={`${table.table ?? ''} ${table.stacked ?? ''} ${classes.table ?? ''}`}>
          <thead>
            <tr>
              <th scope="col">{t('queue.place')}</th>
              <th scope="col">{t('queue.who')}</th>
              <th scope="col">
                <span className="visually-hidden">{t('queue.acts')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <QueueLine key={row.id} row={row} rows={rows} act={act} invites={invited} orders={orders} />
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

/** For one speech, other than the time that all have (CON-06). */
const speechMinutes = [3, 5, 10] as const;

interface QueueLineProps {
  readonly row: QueueRow;
  readonly rows: readonly QueueRow[];
  readonly act: Do;
  readonly invites: boolean;
  /** Whether who looks may change the order. */
  readonly orders: boolean;
}

function QueueLine({ row, rows, act, invites, orders }: QueueLineProps) {
  const { t } = useTranslation();
  const move = (by: 1 | -1) => {
    const place = movedPlace(rows, row.id, by);
    if (place !== null) act({ do: 'reorder', with: { entry: row.id, place } });
  };
  const first = row.place === 1;
  return (
    <tr data-testid="queue-row" data-point={row.point} className={row.deferred ? classes.deferred : undefined}>
      <td className={classes.place}>{row.deferred ? '–' : row.place}</td>
      <td>
        <div className={classes.point}>{row.name}</div>
        <div className={classes.person}>
          {[row.person, row.position].filter(Boolean).join(', ')}
          {row.topic && <> · {row.topic}</>}
        </div>
        <div className={classes.marks}>
          <span>{t('queue.waited', { count: row.waitedMinutes })}</span>
          {row.early && <span>{t('queue.early')}</span>}
          {row.deferred && <span>{t('queue.deferred')}</span>}
          {row.minutes > 0 && <span>{t('queue.wants', { count: row.minutes })}</span>}
          {!row.connected && <span className={classes.out}>{t('queue.out')}</span>}
        </div>
      </td>
      <td>
        <div className={classes.acts}>
          {invites && (
            <Button
              size="md"
              variant={first ? 'filled' : 'default'}
              disabled={!row.connected}
              aria-label={t('floor.inviteOf', { name: row.name })}
              onClick={() => act({ do: 'invite', with: { point: row.point, entry: row.id } })}
            >
              {t('floor.invite')}
            </Button>
          )}
          {orders && (
            <>
              <ActionIcon variant="default" size={42} aria-label={t('queue.up', { name: row.name })} disabled={movedPlace(rows, row.id, -1) === null} onClick={() => move(-1)}>
                ↑
              </ActionIcon>
              <Menu position="bottom-end" transitionProps={{ duration: 0 }}>
                <Menu.Target>
                  <ActionIcon variant="default" size={42} aria-label={t('queue.more', { name: row.name })}>
                    ⋯
                  </ActionIcon>
                </Menu.Target>
                <Menu.Dropdown>
                  {invites &&
                    row.connected &&
                    speechMinutes.map((minutes) => (
                      <Menu.Item key={minutes} onClick={() => act({ do: 'invite', with: { point: row.point, entry: row.id, seconds: minutes * 60 } })}>
                        {t('floor.inviteFor', { minutes })}
                      </Menu.Item>
                    ))}
                  <Menu.Item disabled={movedPlace(rows, row.id, 1) === null} onClick={() => move(1)}>
                    {t('queue.down')}
                  </Menu.Item>
                  <Menu.Item disabled={row.deferred} onClick={() => act({ do: 'defer', with: { entry: row.id } })}>
                    {t('queue.defer')}
                  </Menu.Item>
                  <Menu.Item color="red" onClick={() => act({ do: 'dismiss', with: { entry: row.id } })}>
                    {t('queue.dismiss')}
                  </Menu.Item>
                </Menu.Dropdown>
              </Menu>
            </>
          )}
        </div>
      </td>
    </tr>
  );
}
