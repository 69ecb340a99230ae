import { Button, Modal } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { EditReason, MeetingLine } from '../../api/meetings';
import { dayText } from '../../i18n/clock';
import { ReasonFields } from '../editor/ReasonFields';
import classes from './MoveDialog.module.css';

interface MoveDialogProps {
  readonly line: MeetingLine;
  readonly day: string;
  readonly onClose: () => void;
  readonly onMove: (reason: EditReason) => void;
}

/** A meeting that was published needs the reason of its move (SCH-09). */
export function MoveDialog({ line, day, onClose, onMove }: MoveDialogProps) {
  const { t } = useTranslation();
  const published = line.state !== 'du-thao';
  const [reason, setReason] = useState<EditReason>({});
  const ready = !published || (reason.why !== undefined && (reason.why !== 'khac' || (reason.text ?? '').trim() !== ''));
  return (
    <Modal opened onClose={onClose} centered title={t('calendar.move', { title: line.title, day: dayText(day) })} transitionProps={{ duration: 0 }} closeButtonProps={{ 'aria-label': t('app.close') }} attributes={{ header: { role: 'presentation' } }}>
      <div className={classes.form}>
        {published && (
          <>
            <p className={classes.text}>{t('calendar.moveAsk')}</p>
            <ReasonFields reason={reason} onReason={setReason} />
          </>
        )}
        <Button disabled={!ready} onClick={() => onMove(reason)}>
          {t('board.confirmMove')}
        </Button>
      </div>
    </Modal>
  );
}
