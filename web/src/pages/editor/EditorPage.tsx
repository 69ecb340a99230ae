import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { checkMeeting, consent, fetchMeeting, fetchPapers, fetchPeople, fetchPoints, fetchReplies, publishMeeting, putOff, recallPaper, saveMeeting, savePaper, uploadPaper, type EditReason, type MeetingView } from '../../api/meetings';
import { Problem } from '../../api/problem';
import { Notice } from '../../app/Notice';
import { Refusal } from '../../app/Refusal';
import type { Plan } from '../../conduct/board';
import { bridgeClock } from '../../conduct/clock';
import { dayOf } from '../../i18n/clock';
import { Held } from '../../parts/Held';
import { OfficeShell } from '../office/OfficeShell';
import { useSession } from '../office/use-session';
import { Editor } from './Editor';

/** One meeting with everything around it, saved and published. */
export function EditorPage() {
  const { t } = useTranslation();
  const { meeting = '' } = useParams({ strict: false });
  const client = useQueryClient();
  const person = useSession().data?.person ?? '';
  // What is being edited is not taken from under somebody's hands: it is asked for anew when the page is opened, and
  // what somebody else has saved meanwhile is told when this is saved.
  const view = useQuery({ queryKey: ['meeting', meeting, 'edited'], queryFn: async () => fetchMeeting(meeting), staleTime: Number.POSITIVE_INFINITY, gcTime: 0, refetchOnWindowFocus: false, refetchOnReconnect: false });
  const map = useQuery({ queryKey: ['points'], queryFn: async () => fetchPoints(dayOf(bridgeClock.now())) });
  const people = useQuery({ queryKey: ['people'], queryFn: fetchPeople, retry: false });
  const papers = useQuery({ queryKey: ['papers', meeting], queryFn: async () => fetchPapers(meeting), retry: false });
  const replies = useQuery({ queryKey: ['replies', meeting], queryFn: async () => fetchReplies(meeting), retry: false });
  const check = useQuery({ queryKey: ['check', meeting, view.data?.revision], queryFn: async () => checkMeeting(meeting), enabled: view.data !== undefined, retry: false });
  const failed = (error: unknown) => {
    const problem = error instanceof Problem ? error : new Problem('unknown');
    const message = problem.status === 412 ? t('editor.stale') : problem.places.map((place) => place.message).filter(Boolean).join(' ') || t(`problem.${problem.code}`, { seconds: 30 });
    notifications.show({ closeButtonProps: { 'aria-label': t('app.close') }, color: 'red', title: t('board.refused'), message, autoClose: 8_000 });
  };
  const keep = (fresh: MeetingView | undefined) => {
    if (fresh && 'plan' in fresh) client.setQueryData(['meeting', meeting, 'edited'], fresh);
    else void client.invalidateQueries({ queryKey: ['meeting', meeting] });
  };
  const save = useMutation({
    mutationFn: async ({ plan, reason }: { plan: Plan; reason: EditReason }) => {
      if (!view.data) throw new Problem('unknown');
      return saveMeeting(view.data, plan, reason);
    },
    onSuccess: (fresh) => {
      keep(fresh);
      notifications.show({ closeButtonProps: { 'aria-label': t('app.close') }, message: t('editor.saved') });
    },
    onError: failed,
  });
  const publish = useMutation({
    mutationFn: async (answers: { reason?: string; despite?: boolean }) => publishMeeting(meeting, answers),
    onSuccess: (fresh) => {
      keep(fresh);
      notifications.show({ closeButtonProps: { 'aria-label': t('app.close') }, message: t('editor.published') });
    },
    onError: failed,
  });
  const off = useMutation({
    mutationFn: async ({ how, reason }: { how: 'postpone' | 'cancel'; reason: EditReason }) => putOff(meeting, how, reason),
    onSuccess: keep,
    onError: failed,
  });
  if (view.isPending) return <Notice title={t('editor.loading')} />;
  if (!view.data) return <Refusal error={view.error} />;
  return (
    <OfficeShell>
      <Held may={!(save.isPending || publish.isPending || off.isPending)}>
        <Editor
          key={view.data.revision}
          view={view.data}
          map={map.data ?? []}
          people={people.data ?? []}
          papers={papers.data ?? []}
          replies={replies.data ?? []}
          check={check.data ?? null}
          collides={save.error instanceof Problem && save.error.status === 409}
          busy={save.isPending || publish.isPending || off.isPending}
          onSave={(plan, reason) => save.mutate({ plan, reason })}
          onPublish={(answers) => publish.mutate(answers)}
          onConsent={(point, agree) => {
            consent(meeting, point, agree)
              .catch(failed)
              .finally(() => void client.invalidateQueries({ queryKey: ['replies', meeting] }));
          }}
          onPutOff={(how, reason) => off.mutate({ how, reason })}
          onPaper={async (item, file, progress, { reason, closed }) => {
            await uploadPaper(meeting, item, file, progress, { reason, ...(closed ? { only: person } : {}) }).catch((error: unknown) => {
              failed(error);
              throw error;
            });
            await client.invalidateQueries({ queryKey: ['papers', meeting] });
          }}
          onAccess={async (paper, access) => {
            await savePaper(meeting, paper, access).catch((error: unknown) => {
              failed(error);
              throw error;
            });
            await client.invalidateQueries({ queryKey: ['papers', meeting] });
          }}
          onRecall={(paper) => {
            recallPaper(meeting, paper)
              .catch(failed)
              .finally(() => void client.invalidateQueries({ queryKey: ['papers', meeting] }));
          }}
        />
      </Held>
    </OfficeShell>
  );
}
