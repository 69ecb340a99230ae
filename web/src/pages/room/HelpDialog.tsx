import { Modal } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MicWord } from '../../conduct/room-view';
import type { MeetingState } from '../../meeting/state';
import { RoomChecks } from './RoomChecks';
import classes from './HelpDialog.module.css';

interface HelpDialogProps {
  readonly opened: boolean;
  readonly phone: string;
  readonly state: MeetingState;
  readonly micWord: MicWord;
  readonly onClose: () => void;
}

const faults = ['picture', 'sound', 'line'] as const;

/** The three troubles of a room, one press each: no picture, no sound, no connection. */
export function HelpDialog({ opened, phone, state, micWord, onClose }: HelpDialogProps) {
  const { t } = useTranslation();
  const [fault, setFault] = useState<(typeof faults)[number] | null>(null);
  const steps = fault ? (t(`room.steps.${fault}`, { returnObjects: true }) as readonly string[]) : [];
  return (
    <Modal opened={opened} onClose={onClose} size="lg" centered title={t('room.helpTitle')} transitionProps={{ duration: 0 }} attributes={{ header: { role: 'presentation' } }} closeButtonProps={{ 'aria-label': t('app.close') }}>
      <p className={classes.ask}>{t('room.sheet')}</p>
      <div className={classes.faults}>
        {faults.map((each) => (
          <button key={each} type="button" className={classes.fault} aria-pressed={fault === each} onClick={() => setFault(each)}>
            {t(`room.fault.${each}`)}
          </button>
        ))}
      </div>
      {fault && <RoomChecks fault={fault} state={state} micWord={micWord} />}
      {fault && (
        <ol className={classes.steps} aria-live="polite">
          {steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      )}
      {phone !== '' && <p className={classes.phone}>{t('room.phone', { phone })}</p>}
    </Modal>
  );
}
