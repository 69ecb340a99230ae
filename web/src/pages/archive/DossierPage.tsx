import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../../api/problem';
import { Notice } from '../../app/Notice';
import { fetchDossier, type Dossier, type FileLine, type Spot } from '../../archive/dossier';
import { timeCode } from '../../archive/lanes';
import { dateText, timeText } from '../../i18n/clock';
import { Panel } from '../../parts/Panel';
import { Downloads } from '../minutes/Downloads';
import { OfficeShell } from '../office/OfficeShell';
import { DossierLog } from './DossierLog';
import { DossierParts } from './DossierParts';
import { DossierSide } from './DossierSide';
import classes from './Dossier.module.css';

/** The file of a meeting in one view: recordings and their soundness, minutes, conclusions, votes, attendance, papers, messages, log (ARC-03). */
export function DossierPage() {
  const { t } = useTranslation();
  const { recording } = useParams({ from: '/kho/$recording/ho-so' });
  const file = useQuery({ queryKey: ['dossier', recording], queryFn: async () => fetchDossier(recording), refetchOnWindowFocus: false });
  if (file.isPending) return <Notice title={t('archive.loading')} />;
  if (file.isError) {
    const code = file.error instanceof Problem ? file.error.code : 'unknown';
    return (
      <OfficeShell>
        <p role="alert">{code === 'not_found' ? t('archive.unknown') : t(`problem.${code}`, { seconds: 30 })}</p>
        <Link to="/kho" className={classes.link}>
          ‹ {t('archive.back')}
        </Link>
      </OfficeShell>
    );
  }
  return (
    <OfficeShell>
      <Head recording={recording} file={file.data} />
      <div className={classes.columns}>
        <div className={classes.column}>
          <DossierParts parts={file.data.parts} />
          {file.data.conducted && <Minutes file={file.data} />}
          {file.data.log > 0 && <DossierLog recording={recording} count={file.data.log} />}
        </div>
        {file.data.conducted && (
          <div className={classes.column}>
            <DossierSide file={file.data} />
            <Downloads meeting={file.data.meeting} minutes={file.data.minutes !== undefined} />
          </div>
        )}
      </div>
    </OfficeShell>
  );
}

function Head({ recording, file }: { readonly recording: string; readonly file: Dossier }) {
  const { t } = useTranslation();
  const begun = file.begun === undefined ? null : new Date(file.begun);
  const ended = file.ended === undefined ? null : new Date(file.ended);
  const facts: readonly (readonly [string, string])[] = [
    [t('dossier.time'), begun ? `${timeText(begun)}${ended ? `–${timeText(ended)}` : ''}, ${dateText(begun)}` : ''],
    [t('dossier.host'), file.host ?? ''],
    [t('dossier.place'), file.place ?? ''],
    [t('dossier.chair'), file.chair ?? ''],
    [t('dossier.secretary'), file.secretary ?? ''],
  ];
  return (
    <header className={classes.head}>
      <p className={classes.above}>
        <Link to="/kho" className={classes.link}>
          ‹ {t('archive.back')}
        </Link>
        <span>{t('dossier.title')}</span>
        <Link to="/kho/$recording" params={{ recording }} className={classes.link}>
          {t('dossier.open')} ›
        </Link>
      </p>
      <h1 className={classes.title}>{file.title}</h1>
      <dl className={classes.facts}>
        {facts.flatMap(([name, value]) =>
          value === ''
            ? []
            : [
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{value}</dd>
                </div>,
              ],
        )}
      </dl>
      {!file.conducted && <p className={classes.soft}>{t('dossier.none')}</p>}
    </header>
  );
}

/** A line with the way to its second before it. */
export function Placed({ spot, children }: { readonly spot: Spot | undefined; readonly children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <div className={classes.placed}>
      {spot ? (
        <Link to="/kho/$recording" params={{ recording: spot.recording }} search={spot.at > 0 ? { t: spot.at / 1000 } : {}} className={classes.second} aria-label={t('dossier.to', { time: timeCode(spot.at) })}>
          {timeCode(spot.at)}
        </Link>
      ) : (
        <span className={classes.soft} title={t('player.unrecorded')}>
          —
        </span>
      )}
      <div>{children}</div>
    </div>
  );
}

function Minutes({ file }: { readonly file: Dossier }) {
  const { t } = useTranslation();
  const { minutes } = file;
  const stage = minutes && (minutes.stage === 'da-ky' || minutes.stage === 'trinh-ky' ? minutes.stage : 'du-thao');
  return (
    <Panel title={t('dossier.minutes')} aside={stage && [t(`dossier.stage.${stage}`), minutes?.number ? t('dossier.number', { number: minutes.number }) : ''].filter(Boolean).join(' · ')}>
      {minutes ? (
        <>
          {minutes.hash !== undefined && (
            <p className={classes.state} data-state={minutes.intact ? 'sound' : 'damaged'}>
              {minutes.intact ? `✓ ${t('dossier.intact')}` : `✕ ${t('dossier.altered')}`}
              <span className={classes.hash} title={minutes.hash}>
                {t('dossier.hash')} {minutes.hash.slice(0, 16)}…
              </span>
            </p>
          )}
          <ol className={classes.lines}>
            {minutes.lines.map((line) => (
              <li key={`${line.kind} ${line.ref ?? ''}`} data-kind={line.kind}>
                <Placed spot={line.place}>
                  <Words line={line} />
                </Placed>
              </li>
            ))}
          </ol>
        </>
      ) : (
        <p className={classes.soft}>{t('dossier.noMinutes')}</p>
      )}
    </Panel>
  );
}

function Words({ line }: { readonly line: FileLine }) {
  const title = [line.who, line.title].filter(Boolean).join(': ');
  return (
    <>
      {title !== '' && <span className={classes.strong}>{title}</span>}
      {title !== '' && (line.text ?? '') !== '' && <br />}
      {line.text}
    </>
  );
}
