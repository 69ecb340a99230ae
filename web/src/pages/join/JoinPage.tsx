import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Clock } from '../../app/Clock';
import type { Entrance } from '../../app/entrance';
import { LanguageSwitch } from '../../app/LanguageSwitch';
import { useStore } from '../../app/use-store';
import { comeBackHere } from '../../office/after-sign-in';
import { DeviceRig } from '../../device/rig';
import { DeviceChoice } from './DeviceChoice';
import { JoinForm } from './JoinForm';
import { MachineForm } from './MachineForm';
import { Preview } from './Preview';
import classes from './JoinPage.module.css';

/** The rig lives as long as the page is shown. */
function useRig(): DeviceRig {
  const [rig] = useState(() => new DeviceRig());
  useEffect(() => {
    void rig.open();
    return () => rig.close();
  }, [rig]);
  return rig;
}

export interface JoinMachine {
  readonly point: string;
  readonly title: string;
}

interface JoinPageProps {
  readonly entrance: Entrance;
  readonly room: string;
  /** This machine is a point's: it has nothing to choose. */
  readonly machine: JoinMachine | null;
  /** The meeting is closed already: a machine has somewhere else to be. */
  readonly onClosed?: () => void;
}

const nothing = () => undefined;

export function JoinPage({ entrance, room, machine, onClosed = nothing }: JoinPageProps) {
  const { t } = useTranslation();
  const { demo, unreachable } = useStore(entrance.state);
  const rig = useRig();
  const [pointName, setPointName] = useState(machine?.point ?? '');
  return (
    <div className={classes.page}>
      <header className={classes.header}>
        <img src="/icon.svg" alt="" width="36" height="36" />
        <div>
          <div className={classes.brand}>{t('app.name')}</div>
          <div className={classes.subtitle}>{t('app.subtitle')}</div>
        </div>
        <Clock className={classes.clock} />
        <LanguageSwitch />
      </header>
      <main className={classes.main}>
        {unreachable && (
          <p role="alert" className={classes.unreachable}>
            {t('app.unreachable')}
          </p>
        )}
        <div className={classes.titles}>
          <p className={classes.kicker}>{t('join.meeting')}</p>
          <h1 className={classes.title}>{machine?.title || (demo?.room.title ?? t('join.heading'))}</h1>
        </div>
        <div className={classes.columns}>
          <Preview rig={rig} pointName={pointName} />
          <section className={classes.side}>
            {machine && (
              <MachineForm entrance={entrance} rig={rig} room={room} machine={machine} onClosed={onClosed}>
                <DeviceChoice rig={rig} />
              </MachineForm>
            )}
            {!machine && demo !== undefined && (
              <JoinForm entrance={entrance} rig={rig} demo={demo} room={room} onPointName={setPointName}>
                <DeviceChoice rig={rig} />
              </JoinForm>
            )}
          </section>
        </div>
        {!machine && (
          <nav className={classes.ways}>
            <Link to="/dang-nhap">{t('signIn.title')}</Link>
            <Link to="/ghep-may" onClick={comeBackHere}>
              {t('pairing.way')}
            </Link>
          </nav>
        )}
        {demo && <p className={classes.footnote}>{t('join.demo')}</p>}
      </main>
    </div>
  );
}
