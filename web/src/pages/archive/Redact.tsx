import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Detail } from '../../archive/desk';
import type { Cut } from '../../archive/player';
import { fetchOrders, type Order } from '../../archive/redaction';
import classes from './Player.module.css';
import { RedactDialog } from './RedactDialog';

/** How often an order that is under way is asked for. */
const askMs = 1_500;

const under = (order: Order): boolean => order.state === 'waiting' || order.state === 'running';

/** Has a version made without some stretches, and tells how far it is. */
export function Redact({ detail, cut }: { readonly detail: Detail; readonly cut: Cut | null }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const orders = useQuery({ queryKey: ['redactions', detail.id], queryFn: async () => fetchOrders(detail.id), refetchInterval: (query) => (query.state.data?.some(under) === true ? askMs : false) });
  const latest = orders.data?.[0];
  return (
    <div style={{ margin: '0 0 12px' }}>
      <Button size="sm" variant="default" onClick={() => setOpen(true)} data-testid="redact">
        {t('redaction.open')}
      </Button>
      {latest && <Told order={latest} />}
      {open && (
        <RedactDialog
          detail={detail}
          cut={cut}
          onClose={() => setOpen(false)}
          onOrdered={() => {
            setOpen(false);
            void client.invalidateQueries({ queryKey: ['redactions', detail.id] });
          }}
        />
      )}
    </div>
  );
}

function Told({ order }: { readonly order: Order }) {
  const { t } = useTranslation();
  return (
    <p role="status" className={classes.soft} style={{ margin: '6px 0 0' }}>
      {order.state === 'waiting' && t('redaction.waiting')}
      {order.state === 'running' && t('redaction.running', { percent: order.percent })}
      {order.state === 'failed' && t('redaction.failed', { why: t(`redaction.fault.${order.why ?? 'error'}`) })}
      {order.state === 'done' && (
        <>
          {t('redaction.done')}{' '}
          <Link to="/kho/$recording" params={{ recording: order.id }} className={classes.back} data-testid="version">
            {t('redaction.see')}
          </Link>
        </>
      )}
    </p>
  );
}
