import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Outlet, Status } from '../../api/status';
import { dateText, timeText } from '../../i18n/clock';
import { figureText } from '../../i18n/figure';
import { Panel } from '../../parts/Panel';
import classes from './StatusPage.module.css';

type Light = 'well' | 'away' | 'off' | 'unknown';

function Row({ name, light, children }: { readonly name: string; readonly light?: Light; readonly children: ReactNode }) {
  return (
    <div className={classes.row}>
      <dt>{name}</dt>
      <dd>
        {light && <span className={classes.dot} data-state={light} />}
        <span>{children}</span>
      </dd>
    </div>
  );
}

const moment = (time: string) => `${dateText(new Date(time))} ${timeText(new Date(time))}`;
const gigabytes = (bytes: number) => figureText(bytes / 1e9);

/** Every part with its figures. Words beside the lights: nobody has to know colours. */
export function StatusParts({ status }: { readonly status: Status }) {
  return (
    <div className={classes.grid}>
      <BridgePart status={status} />
      <RecorderPart status={status} />
      <MachinePart status={status} />
      <OutletPart status={status} />
    </div>
  );
}

function BridgePart({ status }: { readonly status: Status }) {
  const { t } = useTranslation();
  const { certificate, database, load } = status;
  const minutes = Math.max(0, Math.floor((Date.parse(status.at) - Date.parse(status.started)) / 60_000));
  const hours = Math.floor(minutes / 60);
  return (
    <Panel title={t('status.parts.bridge')}>
      <dl className={classes.rows}>
        <Row name={t('status.rows.serving')} light={status.serving === 'ready' ? 'well' : 'away'}>
          {t(`status.serving.${status.serving}`)}
        </Row>
        <Row name={t('status.rows.version')}>{status.version}</Row>
        <Row name={t('status.rows.uptime')}>
          {hours < 24 ? t('status.uptime.hours', { hours, minutes: minutes % 60 }) : t('status.uptime.days', { days: Math.floor(hours / 24), hours: hours % 24 })}
        </Row>
        <Row name={t('status.rows.rooms')}>
          {load.rooms}, {load.points}
        </Row>
        <Row name={t('status.rows.connections')}>{load.connections}</Row>
        <Row name={t('status.rows.database')} light={database.state}>
          {t('status.milliseconds', { kind: database.kind === 'sqlite' ? 'SQLite' : 'PostgreSQL', time: figureText(database.answerNs / 1e6) })}
        </Row>
        {certificate && (
          <Row name={t('status.rows.certificate')}>{certificate.own ? t('status.own', { day: dateText(new Date(certificate.ends)) }) : dateText(new Date(certificate.ends))}</Row>
        )}
        {certificate?.authorityEnds && <Row name={t('status.rows.authority')}>{dateText(new Date(certificate.authorityEnds))}</Row>}
      </dl>
    </Panel>
  );
}

function RecorderPart({ status }: { readonly status: Status }) {
  const { t } = useTranslation();
  const { recorder, backup } = status;
  return (
    <Panel title={`${t('status.parts.recorder')}, ${t('status.parts.keep')}`}>
      <dl className={classes.rows}>
        <Row name={t('status.rows.active')} light={recorder.alarms.length > 0 ? 'away' : 'well'}>
          {recorder.active}
        </Row>
        <Row name={t('status.rows.hours')}>{t('status.hours', { hours: figureText(Math.floor(recorder.hours), 0) })}</Row>
        <Row name={t('status.rows.recordingDisk')}>{t('status.of', { free: gigabytes(recorder.disk.free), size: gigabytes(recorder.disk.size) })}</Row>
        <Row name={t('status.rows.recordings')} light={recorder.damaged > 0 ? 'away' : 'well'}>
          {recorder.damaged > 0 ? t('status.damaged', { count: recorder.recordings, damaged: recorder.damaged }) : recorder.recordings}
        </Row>
        <Row name={t('status.rows.oldest')}>{recorder.oldestCheck ? moment(recorder.oldestCheck) : t('status.never')}</Row>
        <Row name={t('status.rows.backup')} light={backup.made ? 'well' : 'unknown'}>
          {backup.made ? moment(backup.made) : t('status.never')}
        </Row>
        <Row name={t('status.rows.restore')} light={backup.checked ? (backup.passed ? 'well' : 'away') : 'unknown'}>
          {backup.checked ? t(backup.passed ? 'status.passed' : 'status.failed', { time: moment(backup.checked) }) : t('status.never')}
        </Row>
      </dl>
    </Panel>
  );
}

function MachinePart({ status }: { readonly status: Status }) {
  const { t } = useTranslation();
  const { load, clock, data } = status;
  return (
    <Panel title={t('status.parts.machine')}>
      <dl className={classes.rows}>
        <Row name={t('status.rows.processor')}>{t('status.shareOf', { share: figureText(load.processor * 100, 0), count: load.processors })}</Row>
        {load.machineLoad > 0 && <Row name={t('status.rows.machineLoad')}>{figureText(load.machineLoad)}</Row>}
        <Row name={t('status.rows.memory')}>{gigabytes(load.memory)} GB</Row>
        {load.memorySize > 0 && <Row name={t('status.rows.memoryFree')}>{t('status.of', { free: gigabytes(load.memoryFree), size: gigabytes(load.memorySize) })}</Row>}
        <Row name={t('status.rows.disk')}>{t('status.of', { free: gigabytes(data.free), size: gigabytes(data.size) })}</Row>
        <Row name={t('status.rows.clock')} light={clock.state}>
          {clock.state === 'unknown' ? t('status.state.unknown') : t(clock.state === 'well' ? 'status.synchronised' : 'status.unsynchronised')}
        </Row>
      </dl>
    </Panel>
  );
}

function OutletPart({ status }: { readonly status: Status }) {
  const { t } = useTranslation();
  const outlets: readonly (readonly ['mail' | 'collector' | 'store' | 'stamps', Outlet])[] = [
    ['mail', status.mail],
    ['collector', status.collector],
    ['store', status.store],
    ['stamps', status.stamps],
  ];
  const word = (outlet: Outlet) => {
    const state = outlet.since ? t('status.since', { state: t(`status.state.${outlet.state}`), time: moment(outlet.since) }) : t(`status.state.${outlet.state}`);
    return outlet.waiting > 0 ? t('status.waiting', { state, count: outlet.waiting }) : state;
  };
  return (
    <Panel title={t('status.parts.outlets')}>
      <dl className={classes.rows}>
        {outlets.map(([name, outlet]) => (
          <Row key={name} name={t(`status.rows.${name}`)} light={outlet.state}>
            {word(outlet)}
          </Row>
        ))}
      </dl>
    </Panel>
  );
}
