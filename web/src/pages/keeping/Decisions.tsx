import { Button, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { giveClass, holdBack, liftHold, noteHandOver, type Class, type Kept } from '../../archive/keeping';
import { dateText, timeText } from '../../i18n/clock';
import classes from './Keeping.module.css';
import { useAct } from './use-keeping';

const moment = (time: string): string => `${timeText(new Date(time))} ${dateText(new Date(time))}`;

/** Who stopped the disposal and why, and the same for the lifting (ARC-07). */
export function HoldPart({ kept }: { readonly kept: Kept }) {
  const { t } = useTranslation();
  const act = useAct();
  const [reason, setReason] = useState('');
  const holds = kept.life.holds ?? [];
  const active = holds.find((each) => each.liftedAt === undefined);
  const send = () =>
    act.run(async () => {
      await (active ? liftHold(kept.recording, active.id, reason.trim()) : holdBack(kept.recording, reason.trim()));
      setReason('');
    });
  return (
    <section className={classes.part} aria-label={t('keeping.holds')}>
      <h3>{t('keeping.holds')}</h3>
      <p className={classes.small}>{t('keeping.holdsText')}</p>
      {holds.length > 0 && (
        <ul className={classes.holds}>
          {holds.map((each) => (
            <li key={each.id} data-active={each.liftedAt === undefined} data-testid="hold">
              <strong>{each.reason}</strong> <span className={classes.small}>{t('keeping.heldBy', { name: each.name ?? each.by, time: moment(each.at) })}</span>
              {each.liftedAt !== undefined && <div className={classes.small}>{t('keeping.lifted', { reason: each.lifted, name: each.lifter ?? each.liftedBy, time: moment(each.liftedAt) })}</div>}
            </li>
          ))}
        </ul>
      )}
      <div className={classes.form}>
        <TextInput size="sm" label={active ? t('keeping.liftReason') : t('keeping.reason')} value={reason} maxLength={1_000} onChange={(event) => setReason(event.currentTarget.value)} />
        <Button size="sm" {...(active ? { variant: 'default' } : { color: 'red' })} disabled={reason.trim() === ''} loading={act.busy} onClick={send}>
          {active ? t('keeping.lift') : t('keeping.hold')}
        </Button>
      </div>
      {act.fault !== '' && <p role="alert">{act.fault}</p>}
    </section>
  );
}

/** Another class than the meeting's, with the reason for it (ARC-05). */
export function ClassPart({ kept, table }: { readonly kept: Kept; readonly table: readonly Class[] }) {
  const { t } = useTranslation();
  const act = useAct();
  const [name, setName] = useState(kept.life.class ?? '');
  const [why, setWhy] = useState('');
  const period = ({ forever, years }: Class) => (forever ? t('keeping.forever') : t('keeping.years', { count: years }));
  return (
    <section className={classes.part} aria-label={t('keeping.setClass')}>
      <h3>{t('keeping.setClass')}</h3>
      {kept.life.why && <p className={classes.small}>{t('keeping.why', { why: kept.life.why })}</p>}
      <div className={classes.form} data-columns="3">
        <Select size="sm" label={t('keeping.class')} data={[{ value: '', label: t('keeping.ofMeeting') }, ...table.map((each) => ({ value: each.id, label: `${each.name} (${period(each)})` }))]} value={name} allowDeselect={false} onChange={(value) => setName(value ?? '')} comboboxProps={{ width: 460, position: 'bottom-start' }} />
        <TextInput size="sm" label={t('keeping.reason')} value={why} maxLength={1_000} onChange={(event) => setWhy(event.currentTarget.value)} />
        <Button
          size="sm"
          variant="default"
          disabled={why.trim() === ''}
          loading={act.busy}
          onClick={() =>
            act.run(async () => {
              await giveClass(kept.recording, name, why.trim());
              setWhy('');
            })
          }
        >
          {t('keeping.save')}
        </Button>
      </div>
      {act.fault !== '' && <p role="alert">{act.fault}</p>}
    </section>
  );
}

/** To which archive it was given (ARC-09). */
export function HandOverPart({ kept, archivist }: { readonly kept: Kept; readonly archivist: boolean }) {
  const { t } = useTranslation();
  const act = useAct();
  const [to, setTo] = useState('');
  const [record, setRecord] = useState('');
  const given = kept.life.handOver;
  if (!given && !archivist) return null;
  return (
    <section className={classes.part} aria-label={t('keeping.handOver')}>
      <h3>{t('keeping.handOver')}</h3>
      {given ? (
        <p data-testid="given">
          {t('keeping.handedOver', { to: given.to, day: dateText(new Date(given.at)) })}
          {given.record && `, ${t('keeping.handOverNumber', { record: given.record })}`} <span className={classes.small}>({given.name ?? given.by})</span>
        </p>
      ) : (
        <div className={classes.form} data-columns="3">
          <TextInput size="sm" label={t('keeping.handOverTo')} value={to} maxLength={300} onChange={(event) => setTo(event.currentTarget.value)} />
          <TextInput size="sm" label={t('keeping.handOverRecord')} value={record} maxLength={100} onChange={(event) => setRecord(event.currentTarget.value)} />
          <Button size="sm" variant="default" disabled={to.trim() === ''} loading={act.busy} onClick={() => act.run(async () => noteHandOver(kept.recording, to.trim(), record.trim()))}>
            {t('keeping.handOverSave')}
          </Button>
        </div>
      )}
      {act.fault !== '' && <p role="alert">{act.fault}</p>}
    </section>
  );
}
