import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { openInvitation } from '../../api/invitation';
import { fetchMeeting, fetchPapers, fetchReplies, reply, type NewReply } from '../../api/meetings';
import { Problem } from '../../api/problem';
import { Notice } from '../../app/Notice';
import { OfficeShell } from '../office/OfficeShell';
import { useSession } from '../office/use-session';
import { InvitationSheet } from './InvitationSheet';

/** Where the links of invitation letters lead (SCH-05, SCH-09). The word opens one act, "seen"; all else wants a sign-in or the point's machine. */
export function InvitationPage() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [word] = useState(() => window.location.hash.slice(1));
  const session = useSession();
  const letter = useQuery({ queryKey: ['invitation', word], queryFn: async () => openInvitation(word), enabled: word !== '', staleTime: Number.POSITIVE_INFINITY });
  const meeting = letter.data?.meeting ?? '';
  const known = Boolean(session.data) && meeting !== '';
  const view = useQuery({ queryKey: ['meeting', meeting], queryFn: async () => fetchMeeting(meeting), enabled: known, retry: false });
  const papers = useQuery({ queryKey: ['papers', meeting], queryFn: async () => fetchPapers(meeting), enabled: view.data !== undefined, retry: false });
  const replies = useQuery({ queryKey: ['replies', meeting], queryFn: async () => fetchReplies(meeting), enabled: view.data !== undefined, retry: false });
  const send = useMutation({
    mutationFn: async (answer: NewReply) => reply(meeting, letter.data?.point ?? '', answer),
    onSuccess: () => notifications.show({ closeButtonProps: { 'aria-label': t('app.close') }, message: t('reply.sent') }),
    onError: (error) => {
      const problem = error instanceof Problem ? error : new Problem('unknown');
      const message = problem.places.map((place) => place.message).find(Boolean) ?? t(`problem.${problem.code}`, { seconds: 30 });
      notifications.show({ closeButtonProps: { 'aria-label': t('app.close') }, color: 'red', title: t('board.refused'), message });
    },
    onSettled: async () => client.invalidateQueries({ queryKey: ['replies', meeting] }),
  });
  if (word === '') return <Notice title={t('invitation.broken')} text={t('invitation.noWord')} />;
  if (letter.isPending) return <Notice title={t('invitation.opening')} />;
  if (!letter.data) {
    const problem = letter.error instanceof Problem ? letter.error : new Problem('unknown');
    const said = problem.places.map((place) => place.message).find(Boolean);
    return <Notice title={t('invitation.broken')} text={said ?? t(`problem.${problem.code}`, { seconds: 30 })} />;
  }
  const may = view.data?.mine.point === letter.data.point || (view.data?.mine.rights.includes('thu-ky') ?? false);
  return (
    <OfficeShell>
      <InvitationSheet
        letter={letter.data}
        plan={view.data?.plan ?? null}
        papers={papers.data ?? []}
        reply={replies.data?.find((each) => each.point === letter.data.point) ?? null}
        signedIn={Boolean(session.data)}
        onReply={may && letter.data.state === 'da-phat-hanh' ? (answer) => send.mutate(answer) : null}
      />
    </OfficeShell>
  );
}
