import { Button, Kbd, Modal } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from '../../app/use-store';
import { loadChoices, type Choices } from '../../device/choices';
import { DeviceList } from '../../device/list';
import { mayAskToMove } from '../../device/ptz';
import { commandKeys, type Command } from '../../meeting/keys';
import type { MeetingSession } from '../../meeting/session';
import { DeviceSelect } from '../join/DeviceChoice';
import { AskLeave, type EarlyLeave } from '../room/AskLeave';
import classes from './dialogs.module.css';

interface DialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Dialogues appear at once: nothing in a meeting should float about. Their head is not the page's banner. */
const still = {
  attributes: { header: { role: 'presentation' } },
  transitionProps: { duration: 0 }, centered: true, classNames: { title: classes.title } } as const;

interface LeaveDialogProps extends DialogProps {
  readonly onLeave: () => void;
  /** Leaving before the end needs the chair's consent; null where there is no chair to ask. */
  readonly early: EarlyLeave | null;
}

export function LeaveDialog({ opened, onClose, onLeave, early }: LeaveDialogProps) {
  const { t } = useTranslation();
  return (
    <Modal opened={opened} onClose={onClose} title={t('control.leaveAsk')} closeButtonProps={{ 'aria-label': t('app.close') }} {...still}>
      <p className={classes.text}>{t('control.leaveText')}</p>
      {early && <AskLeave early={early} />}
      <div className={classes.actions}>
        <Button size="md" color="red" onClick={onLeave} data-autofocus>
          {t('control.leave')}
        </Button>
        <Button size="md" variant="default" onClick={onClose}>
          {t('control.stay')}
        </Button>
      </div>
    </Modal>
  );
}

const listed: readonly Command[] = ['mic', 'camera', 'share', 'layout', 'fullscreen', 'devices', 'pageBack', 'pageOn', 'hand', 'chat', 'papers', 'aim', 'help'];

export function KeysDialog({ opened, onClose }: DialogProps) {
  const { t } = useTranslation();
  return (
    <Modal opened={opened} onClose={onClose} title={t('keys.heading')} closeButtonProps={{ 'aria-label': t('app.close') }} {...still}>
      <dl className={classes.keys}>
        {listed.map((command) => (
          <div key={command}>
            <dt>
              {commandKeys[command].map((key) => (
                <Kbd key={key} size="md">
                  {key.length === 1 ? key.toUpperCase() : key}
                </Kbd>
              ))}
            </dt>
            <dd>{t(`keys.${command}`)}</dd>
          </div>
        ))}
        <div>
          <dt>
            <Kbd size="md">Tab</Kbd>
          </dt>
          <dd>{t('keys.move')}</dd>
        </div>
      </dl>
    </Modal>
  );
}

export function DevicesDialog({ opened, onClose, session }: DialogProps & { readonly session: MeetingSession }) {
  const { t } = useTranslation();
  return (
    <Modal opened={opened} onClose={onClose} title={t('control.devices')} closeButtonProps={{ 'aria-label': t('app.close') }} {...still}>
      {opened && <DeviceFields session={session} />}
    </Modal>
  );
}

function DeviceFields({ session }: { readonly session: MeetingSession }) {
  const { t } = useTranslation();
  const [list] = useState(() => new DeviceList());
  const [choices, setChoices] = useState<Choices>(loadChoices);
  useEffect(() => {
    list.open();
    return () => list.close();
  }, [list]);
  const devices = useStore(list.state);
  const pick = (kind: MediaDeviceKind, id: string) => {
    session.switchDevice(kind, id);
    setChoices(loadChoices());
  };
  return (
    <div className={classes.fields}>
      <DeviceSelect label={t('join.camera')} devices={devices.cameras} value={choices.camera} onChange={(id) => pick('videoinput', id)} />
      <DeviceSelect label={t('join.mic')} devices={devices.mics} value={choices.mic} onChange={(id) => pick('audioinput', id)} />
      {mayAskToMove() && (
        <Button variant="default" onClick={() => void session.askToMoveCamera()}>
          {t('camera.ask')}
        </Button>
      )}
      <DeviceSelect label={t('join.speaker')} devices={devices.speakers} value={choices.speaker} onChange={(id) => pick('audiooutput', id)} />
    </div>
  );
}
