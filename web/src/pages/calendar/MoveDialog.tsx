import { Button, Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { checkPlan, fetchMeeting, type EditReason, type MeetingLine } from '../../api/meetings';
import { dayText } from '../../i18n/clock';
import { movedTo } from '../../office/draft';
import { ReasonFields } from '../editor/ReasonFields';
import classes from './MoveDialog.module.css';

interface MoveDialogProps {
  readonly line: MeetingLine;
  readonly day: string;
  readonly onClose: () => void;
  readonly onMove: (reason: EditReason) => void;
}

/** What the meeting would collide with on its new day; one that was published needs the reason of its move (SCH-09). */
export function MoveDialog({ line, day, onClose, onMove }: MoveDialogProps) {
  const { t } = useTranslation();
  const published = line.state !== 'du-thao';
  const [reason, setReason] = useState<EditReason>({});
  const check = useQuery({
    queryKey: ['moved', line.id, day],
    queryFn: async () => checkPlan(movedTo((await fetchMeeting(line.id)).plan, day)),
    staleTime: 0,
    retry: false,
  });
  const conflicts = check.data?.conflicts ?? [];
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
        {conflicts.length > 0 && (
          <div className={classes.conflicts} role="alert">
            <strong>{t('editor.conflicts')}</strong>
            <ul>
              {conflicts.map((conflict) => (
                <li key={`${conflict.text} ${conflict.start}`}>{conflict.text}</li>
              ))}
            </ul>
          </div>
        )}
        <Button disabled={!ready || check.isPending} onClick={() => onMove(conflicts.length > 0 ? { ...reason, despite: true } : reason)}>
          {t(conflicts.length > 0 ? 'calendar.moveDespite' : 'board.confirmMove')}
        </Button>
      </div>
    </Modal>
  );
}
