import { Button } from '@mantine/core';
import { useEffect, useRef, useState, type ReactNode, type SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../../api/problem';
import type { Entrance } from '../../app/entrance';
import { useStore } from '../../app/use-store';
import type { DeviceRig } from '../../device/rig';
import classes from './JoinForm.module.css';
import type { JoinMachine } from './JoinPage';

interface MachineFormProps {
  readonly entrance: Entrance;
  readonly rig: DeviceRig;
  readonly room: string;
  readonly machine: JoinMachine;
  readonly onClosed: () => void;
  readonly children: ReactNode;
}

const kioskSeconds = 10;
const againSeconds = 30;

/**
 * A room's machine goes in by itself, so that it needs nobody in the morning: a moment after its devices are open, and
 * again after a refusal. Whoever touches the page stops that.
 */
function useKiosk(rig: DeviceRig, busy: boolean, refused: boolean, enter: () => Promise<void>): { readonly left: number | null; readonly stop: () => void } {
  const { camera, mic } = useStore(rig.state);
  const [stopped, setStopped] = useState(false);
  const [left, setLeft] = useState(kioskSeconds);
  const waits = !stopped && !busy && camera.status !== 'starting' && mic.status !== 'starting';
  const latest = useRef(enter);
  useEffect(() => {
    latest.current = enter;
  });
  useEffect(() => {
    if (!waits) return undefined;
    let seconds = refused ? againSeconds : kioskSeconds;
    const timer = setInterval(() => {
      seconds--;
      setLeft(seconds);
      if (seconds > 0) return;
      clearInterval(timer);
      void latest.current();
    }, 1_000);
    return () => {
      clearInterval(timer);
      setLeft(kioskSeconds);
    };
  }, [waits, refused]);
  return { left: waits ? left : null, stop: () => setStopped(true) };
}

/** A paired machine knows its point: one button. */
export function MachineForm({ entrance, rig, room, machine, onClosed, children }: MachineFormProps) {
  const { t } = useTranslation();
  const [fault, setFault] = useState('');
  const [busy, setBusy] = useState(false);
  const enter = async () => {
    setBusy(true);
    setFault('');
    try {
      await entrance.enterAsMachine(room, machine.title, () => rig.handOver());
    } catch (error) {
      const problem = error instanceof Problem ? error : new Problem('unknown');
      if (problem.code === 'meeting_closed') return onClosed();
      setFault(t(`problem.${problem.code}`, { seconds: problem.retryAfter ?? 30 }));
      setBusy(false);
    }
  };
  const wait = useKiosk(rig, busy, fault !== '', enter);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    void enter();
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <p className={classes.point}>{machine.point}</p>
      {children}
      {fault !== '' && (
        <p role="alert" className={classes.fault}>
          {fault}
        </p>
      )}
      <Button type="submit" className={classes.enter ?? ''} fullWidth aria-disabled={busy} loading={busy} data-autofocus>
        {t('join.enter')}
      </Button>
      {wait.left !== null && (
        <p className={classes.kiosk} data-testid="kiosk">
          {t('join.kiosk', { seconds: wait.left })}
          <Button variant="default" size="sm" onClick={wait.stop}>
            {t('join.kioskStop')}
          </Button>
        </p>
      )}
    </form>
  );
}
