import { Button, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Navigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fetchMachines, pairMachine, revokeMachine } from '../../api/accounts';
import { fetchPoints } from '../../api/meetings';
import { Notice } from '../../app/Notice';
import { dateText, dayOf, timeText } from '../../i18n/clock';
import { ConfirmButton } from '../../parts/ConfirmButton';
import table from '../../parts/table.module.css';
import { useProved } from '../account/use-proved';
import { useSession } from '../office/use-session';
import { WatchShell } from '../status/WatchShell';
import classes from './Accounts.module.css';

const moment = (time: string) => `${dateText(new Date(time))} ${timeText(new Date(time))}`;

/** The machines of rooms: paired by a code that is typed at the machine, and taken out when one is lost (SEC-04). */
export function MachinesPage() {
  const { t } = useTranslation();
  const session = useSession();
  const may = session.data?.rights.some((right) => right === 'ky-thuat-vien' || right === 'quan-tri') ?? false;
  const machines = useQuery({ queryKey: ['machines'], queryFn: fetchMachines, enabled: may });
  const points = useQuery({ queryKey: ['points', 'pairable'], queryFn: async () => fetchPoints(dayOf(new Date())), enabled: may, staleTime: 60_000 });
  const proved = useProved();
  const [point, setPoint] = useState<string | null>(null);
  const [name, setName] = useState('');
  const [code, setCode] = useState<{ code: string; ends: string } | null>(null);
  if (session.isPending) return <Notice title={t('app.loading')} />;
  if (!may) return <Navigate to="/trang-chu" replace />;
  const pointName = (id: string) => points.data?.find((each) => each.id === id)?.name ?? id;
  const live = (machines.data ?? []).filter((machine) => !machine.revoked);
  return (
    <WatchShell>
      <form
        className={classes.pair}
        onSubmit={(event) => {
          event.preventDefault();
          proved.act(async () => setCode(await pairMachine(point ?? '', name.trim())));
        }}
      >
        <Select size="sm" label={t('machines.point')} searchable data={(points.data ?? []).map((each) => ({ value: each.id, label: each.name }))} value={point} onChange={setPoint} />
        <TextInput size="sm" label={t('machines.name')} placeholder={t('machines.nameHint')} maxLength={120} value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <Button type="submit" loading={proved.busy} disabled={point === null}>
          {t('machines.pair')}
        </Button>
      </form>
      {proved.fault !== '' && (
        <p role="alert" className={classes.fault}>
          {proved.fault}
        </p>
      )}
      {code && (
        <section className={classes.once} role="status" aria-label={t('machines.code')}>
          <div>
            <strong>{t('machines.code')}</strong>
            <p className={classes.text}>{t('machines.codeText', { time: timeText(new Date(code.ends)) })}</p>
          </div>
          <code className={classes.password} data-testid="code">
            {code.code}
          </code>
          <Button variant="default" onClick={() => setCode(null)}>
            {t('accounts.noted')}
          </Button>
        </section>
      )}
      <div className={table.sheet}>
        <table className={`${table.table ?? ''} ${table.stacked ?? ''}`}>
          <thead>
            <tr>
              <th>{t('machines.point')}</th>
              <th>{t('machines.name')}</th>
              <th>{t('machines.made')}</th>
              <th>{t('accounts.seen')}</th>
              <th aria-label={t('machines.revoke')} />
            </tr>
          </thead>
          <tbody>
            {live.map((machine) => (
              <tr key={machine.id} data-testid="machine">
                <td className={table.strong}>{pointName(machine.point)}</td>
                <td data-label={t('machines.name')}>{machine.name || '–'}</td>
                <td className={classes.time} data-label={t('machines.made')}>{moment(machine.created)}</td>
                <td className={classes.time} data-label={t('accounts.seen')}>{moment(machine.seen)}</td>
                <td className={classes.end}>
                  <ConfirmButton variant="default" size="xs" disabled={proved.busy} onConfirm={() => proved.act(async () => void (await revokeMachine(machine.id)))}>
                    {t('machines.revoke')}
                  </ConfirmButton>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {live.length === 0 && !machines.isPending && <p className={table.empty}>{t('machines.none')}</p>}
      </div>
      {proved.dialog}
    </WatchShell>
  );
}
