import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { holds, isOver, type Board } from '../../conduct/board';
import { lateness, orderRows, type OrderRow } from '../../conduct/order';
import { timeText } from '../../i18n/clock';
import type { Do } from '../../live/use-board';
import { Panel } from '../../parts/Panel';
import table from '../../parts/table.module.css';
import classes from './OrderTable.module.css';

interface OrderTableProps {
  readonly board: Board;
  readonly now: number;
  readonly act: Do;
}

/** The running order: start and finish by one click each (CON-14). */
export function OrderTable({ board, now, act }: OrderTableProps) {
  const { t } = useTranslation();
  const rows = orderRows(board, now);
  const late = lateness(rows, now);
  return (
    <Panel
      title={t('order.title')}
      aside={late > 1 ? <strong className={classes.late}>{t('order.late', { count: late })}</strong> : t('order.inTime')}
      fill
    >
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">{t('order.planned')}</th>
            <th scope="col">{t('order.item')}</th>
            <th scope="col" className={table.number}>
              {t('order.time')}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <OrderLine key={row.id} row={row} over={isOver(board) || !holds(board, 'chu-tri', 'thu-ky')} act={act} />
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

/** `over`: there is nothing to start or to finish any more, or not for who looks. */
function OrderLine({ row, over, act }: { readonly row: OrderRow; readonly over: boolean; readonly act: Do }) {
  const { t } = useTranslation();
  return (
    <tr className={classes.row} data-state={row.state} data-testid="order-row" aria-current={row.state === 'on' ? 'step' : undefined}>
      <td className={classes.planned}>{row.planned === 0 ? '' : timeText(new Date(row.planned))}</td>
      <td>
        <div className={classes.title}>
          {row.number}. {row.title}
        </div>
        {row.who && <div className={classes.who}>{row.who}</div>}
        {row.state === 'on' && !over && (
          <Button mt={6} size="sm" variant="default" onClick={() => act({ do: 'finish-item', with: {} })}>
            {t('order.finish')}
          </Button>
        )}
        {row.state === 'next' && !over && (
          <Button mt={6} size="sm" onClick={() => act({ do: 'start-item', with: { item: row.id } })}>
            {t('order.start')}
          </Button>
        )}
      </td>
      <td className={table.number}>
        <div className={classes.clock} data-over={row.over > 0}>
          {row.clock || (row.minutes > 0 ? t('order.minutes', { count: row.minutes }) : '')}
        </div>
        {row.state === 'on' && row.minutes > 0 && <div className={classes.of}>{t('order.of', { count: row.minutes })}</div>}
        {row.over >= 60_000 && <div className={classes.over}>{t('order.over', { count: Math.floor(row.over / 60_000) })}</div>}
      </td>
    </tr>
  );
}
