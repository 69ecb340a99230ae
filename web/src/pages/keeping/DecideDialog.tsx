import { Button, Modal, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { decideDisposal, refuseDisposal, type Disposal } from '../../archive/keeping';
import { useProof, type Proof } from '../account/use-proof';
import classes from './Keeping.module.css';
import { useAct } from './use-keeping';

export type Decision = 'approve' | 'refuse' | 'take-back' | 'carry-out' | 'go-on';

interface DecideDialogProps {
  readonly disposal: Disposal;
  readonly decision: Decision;
  readonly title: string;
  readonly name: string;
  readonly onClose: () => void;
}

/** A yes, and the erasing, want whoever says it to prove himself; a no wants its reason. */
export function DecideDialog({ disposal, decision, title, name, onClose }: DecideDialogProps) {
  const { t } = useTranslation();
  const act = useAct();
  const [word, setWord] = useState('');
  const proof = useProof(true);
  const no = decision === 'refuse' || decision === 'take-back';
  const count = (disposal.items ?? []).length;
  const send = (proved: Proof) =>
    act.run(async () => {
      if (no) await refuseDisposal(disposal.id, word.trim());
      else await decideDisposal(disposal.id, decision === 'approve' ? 'approve' : 'carry-out', proved);
      onClose();
    });
  return (
    <Modal opened onClose={onClose} size={560} centered title={<strong>{title}</strong>} transitionProps={{ duration: 0 }} closeButtonProps={{ 'aria-label': t('app.close') }} attributes={{ header: { role: 'presentation' } }}>
      <form
        className={classes.sheet}
        onSubmit={(event) => {
          event.preventDefault();
          send(proof.typed);
        }}
      >
        <p className={classes.plain}>{no ? t('disposal.refuseText') : t(decision === 'approve' ? 'disposal.approveText' : 'disposal.carryText', { count, name })}</p>
        {no ? (
          <Textarea label={t('keeping.reason')} autosize minRows={2} maxLength={1_000} value={word} onChange={(event) => setWord(event.currentTarget.value)} data-autofocus />
        ) : (
          proof.field
        )}
        {act.fault !== '' && <p role="alert">{act.fault}</p>}
        <div className={classes.acts}>
          <Button type="submit" disabled={no ? word.trim() === '' : !proof.given} loading={act.busy} {...(decision === 'carry-out' || decision === 'go-on' ? { color: 'red' } : {})}>
            {title}
          </Button>
          {!no && proof.others(send, act.busy)}
        </div>
      </form>
    </Modal>
  );
}
