import { Modal } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './HelpDialog.module.css';

interface HelpDialogProps {
  readonly opened: boolean;
  readonly phone: string;
  readonly onClose: () => void;
}

const faults = ['picture', 'sound', 'line'] as const;

/** The three troubles of a room, one press each: no picture, no sound, no connection. */
export function HelpDialog({ opened, phone, onClose }: HelpDialogProps) {
  const { t } = useTranslation();
  const [fault, setFault] = useState<(typeof faults)[number] | null>(null);
  const steps = fault ? (t(`room.steps.${fault}`, { returnObjects: true }) as readonly string[]) : [];
  return (
    <Modal opened={opened} onClose={onClose} size="lg" centered title={t('room.helpTitle')} transitionProps={{ duration: 0 }} lockScroll={false} attributes={{ header: { role: 'presentation' } }} closeButtonProps={{ 'aria-label': t('app.close') }}>
      <p className={classes.ask}>{t('room.sheet')}</p>
      <div className={classes.faults}>
        {faults.map((each) => (
          <button key={each} type="button" className={classes.fault} aria-pressed={fault === each} onClick={() => setFault(each)}>
            {t(`room.fault.${each}`)}
          </button>
        ))}
      </div>
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
