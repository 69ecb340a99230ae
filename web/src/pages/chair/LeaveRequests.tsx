import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Board } from '../../conduct/board';
import { leaveRows } from '../../conduct/ceremony';
import type { Do } from '../../live/use-board';
import { Panel } from '../../parts/Panel';
import table from '../../parts/table.module.css';
import classes from './LeaveRequests.module.css';

/** Points that ask to leave early, for the chair's consent (CON-08). Nothing while none does. */
export function LeaveRequests({ board, act }: { readonly board: Board; readonly act: Do }) {
  const { t } = useTranslation();
  const rows = leaveRows(board);
  if (rows.length === 0) return null;
  return (
    <Panel title={t('early.title')} aside={rows.length}>
      <ul className={classes.list}>
        {rows.map(({ point, name, why }) => (
          <li key={point} className={classes.line} data-testid="leave-row">
            <div>
              <strong>{name}</strong>
              <div className={table.soft}>{why}</div>
            </div>
            <Button aria-label={t('early.grantOf', { name })} onClick={() => act({ do: 'grant-leave', with: { point } })}>
              {t('early.grant')}
            </Button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
