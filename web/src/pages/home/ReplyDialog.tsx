import { Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { fetchReplies, type MeetingLine, type NewReply } from '../../api/meetings';
import { Held } from '../../parts/Held';
import { ReplyForm } from '../invitation/ReplyForm';

interface ReplyDialogProps {
  readonly line: MeetingLine;
  /** It is on its way: closed when it has arrived. */
  readonly busy: boolean;
  readonly onClose: () => void;
  readonly onReply: (answer: NewReply) => void;
}

/** The whole answer to an invitation, beginning with the one that was given: nothing is replaced unseen (SCH-05). */
export function ReplyDialog({ line, busy, onClose, onReply }: ReplyDialogProps) {
  const { t } = useTranslation();
  const replies = useQuery({ queryKey: ['replies', line.id], queryFn: async () => fetchReplies(line.id), retry: false, staleTime: 0 });
  const given = replies.data?.find((reply) => reply.point === line.mine?.point) ?? null;
  return (
    <Modal opened onClose={onClose} size="lg" title={line.title} centered transitionProps={{ duration: 0 }} closeButtonProps={{ 'aria-label': t('app.close') }} attributes={{ header: { role: 'presentation' } }}>
      {replies.isFetching ? <p>{t('app.loading')}</p> : <Held may={!busy}><ReplyForm reply={given} onReply={onReply} /></Held>}
    </Modal>
  );
}
