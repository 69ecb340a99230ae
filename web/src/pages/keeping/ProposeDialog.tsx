import { Button, Modal, Textarea } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { proposeDisposal, type Kept } from '../../archive/keeping';
import { dateText } from '../../i18n/clock';
import classes from './Keeping.module.css';
import { useAct } from './use-keeping';

interface ProposeDialogProps {
  readonly listed: readonly Kept[];
  readonly onClose: (sent: boolean) => void;
}

/** The list that a second person decides on; nothing is erased by it (ARC-06). */
export function ProposeDialog({ listed, onClose }: ProposeDialogProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const act = useAct();
  const [reason, setReason] = useState('');
  const send = () =>
    act.run(async () => {
      await proposeDisposal(
        listed.map((each) => each.recording),
        reason.trim(),
      );
      onClose(true);
      await navigate({ to: '/luu-tru/huy' });
    });
  return (
    <Modal opened onClose={() => onClose(false)} size={620} centered title={<strong>{t('keeping.proposeTitle')}</strong>} transitionProps={{ duration: 0 }} closeButtonProps={{ 'aria-label': t('app.close') }} attributes={{ header: { role: 'presentation' } }}>
      <div className={classes.sheet}>
        <p className={classes.plain}>{t('keeping.proposeText')}</p>
        <ol className={classes.names}>
          {listed.map((each) => (
            <li key={each.recording}>
              {each.title ?? each.recording} <span className={classes.small}>{dateText(new Date(each.begun))}</span>
            </li>
          ))}
        </ol>
        <Textarea label={t('keeping.reason')} autosize minRows={2} maxLength={1_000} value={reason} onChange={(event) => setReason(event.currentTarget.value)} data-autofocus />
        {act.fault !== '' && <p role="alert">{act.fault}</p>}
        <Button disabled={reason.trim() === ''} loading={act.busy} onClick={send}>
          {t('keeping.proposeSend')}
        </Button>
      </div>
    </Modal>
  );
}
