import { Navigate, useNavigate, useParams } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { fetchVisit } from '../api/guest';
import { usePlan } from '../live/use-plan';
import { useRunning } from '../live/use-running';
import type { MeetingSession } from '../meeting/session';
import { isPast, noteLeft } from '../office/machine';
import { JoinPage } from '../pages/join/JoinPage';
import { Unpaired } from '../pages/join/Unpaired';
import { MeetingPage } from '../pages/meeting/MeetingPage';
import { useSession } from '../pages/office/use-session';
import { entrance } from './media-door';
import { Notice } from './Notice';
import { useNow } from './use-now';
import { useStore } from './use-store';

/** A machine that nobody stands at goes on to its next meeting: soon after the end, later where somebody may come back. */
const onAfterMs = { closed: 60_000, left: 600_000, elsewhere: 600_000, removed: 600_000 } as const;

export function RoomRoute() {
  const { t } = useTranslation();
  const { room = '' } = useParams({ strict: false });
  const { session, resuming } = useStore(entrance.state);
  const known = useSession();
  const point = known.data?.point ?? '';
  if (session) return <Inside key={room} session={session} room={room} machine={point !== ''} />;
  if (resuming) return <Notice title={t('meeting.connecting')} />;
  if (known.isPending && known.failureCount === 0) return <Notice title={t('app.loading')} />;
  if (point !== '') return <AtMachine room={room} point={point} />;
  return <Outside room={room} person={(known.data?.person ?? '') !== ''} />;
}

/** In the meeting, and after it: the way back depends on who it was. */
function Inside({ session, room, machine }: { readonly session: MeetingSession; readonly room: string; readonly machine: boolean }) {
  const navigate = useNavigate();
  const { phase, own, conduct } = useStore(session.state);
  const closed = conduct?.phase === 'be-mac';
  const ending = phase.kind === 'over' ? phase.ending : null;
  const calledOff = conduct?.calledOff === true;
  useEffect(() => {
    if (!machine || ending === null) return undefined;
    if (!calledOff) noteLeft(room, true); // convened anew, it is another meeting of the same name
    const timer = setTimeout(() => void navigate({ to: '/' }), onAfterMs[closed ? 'closed' : ending]);
    return () => clearTimeout(timer);
  }, [machine, ending, closed, calledOff, room, navigate]);
  useEffect(() => {
    if (!machine || !closed) return undefined;
    const timer = setTimeout(() => session.leave(), onAfterMs.left);
    return () => clearTimeout(timer);
  }, [machine, closed, session]);
  const back = () => {
    if (own.kind === 'khach') return void navigate({ to: '/khach' });
    if (ending === 'closed' || closed) return void navigate({ to: '/' });
    if (machine) noteLeft(room, false);
    entrance.leave(); // the page of this meeting's way in stands at the same address
  };
  return <MeetingPage session={session} onLeft={back} />;
}

/** A paired machine at the address of a meeting; from one that is over it goes on to the next. */
function AtMachine({ room, point }: { readonly room: string; readonly point: string }) {
  const navigate = useNavigate();
  const plan = usePlan(room);
  const now = useNow(10_000);
  const past = plan?.end !== undefined && isPast(plan.end, now);
  const running = useRunning(past ? [room] : []);
  if (past && running.told && !running.meetings.has(room)) return <Navigate to="/" replace />;
  const machine = { point: plan?.points.find((each) => each.id === point)?.name ?? point, title: plan?.title ?? '' };
  const closed = () => {
    noteLeft(room, true);
    void navigate({ to: '/' });
  };
  return <JoinPage key={machine.point} entrance={entrance} room={room} machine={machine} onClosed={closed} />;
}

/** Neither in the meeting nor at a machine of it: a guest who loaded the page anew, somebody at his desk, or a standing meeting. */
function Outside({ room, person }: { readonly room: string; readonly person: boolean }) {
  const { t } = useTranslation();
  const { demo } = useStore(entrance.state);
  const plan = usePlan(person ? room : null);
  const visit = useQuery({ queryKey: ['visit'], queryFn: fetchVisit, retry: false, staleTime: 0 });
  if (visit.isPending && visit.failureCount === 0) return <Notice title={t('app.loading')} />;
  if (visit.data?.meeting === room && visit.data.state !== 'tu-choi') return <Navigate to="/khach" replace />;
  if (plan && demo?.room.id !== room) return <Unpaired room={room} title={plan.title} />;
  return <JoinPage entrance={entrance} room={room} machine={null} />;
}
