import { Button } from '@mantine/core';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Notice } from '../../app/Notice';
import { useStore } from '../../app/use-store';
import { recordingWord } from '../../conduct/recorder';
import { reachOf } from '../../device/ptz';
import { nextWish } from '../../meeting/layout';
import type { MeetingSession } from '../../meeting/session';
import { Announcer } from './Announcer';
import { HelpDialog } from '../room/HelpDialog';
import { useChat } from '../../live/use-chat';
import { CameraPanel } from '../room/CameraPanel';
import { RoomChat } from '../room/RoomChat';
import { PapersPanel } from '../../papers/PapersPanel';
import { LowerThird } from '../room/LowerThird';
import { PlainNotices, RoomNotices } from '../room/RoomNotices';
import { RoomStrip } from '../room/RoomStrip';
import { useContentWindow } from '../room/use-content-window';
import { useRoom } from '../room/use-room';
import { VoteSheet } from '../room/VoteSheet';
import { Banners } from './Banners';
import { Controls } from './Controls';
import { DevicesDialog, KeysDialog, LeaveDialog } from './dialogs';
import { Header } from './Header';
import classes from './MeetingPage.module.css';
import { Sounds } from './Sounds';
import { Stage } from './Stage';
import { useCommands, useFullscreen, useScreen, useWakeLock } from './hooks';

type Side = 'chat' | 'papers' | 'aim';
type Dialog = 'devices' | 'keys' | 'leave' | 'help' | null;

interface MeetingPageProps {
  readonly session: MeetingSession;
  readonly onLeft: () => void;
}

export function MeetingPage({ session, onLeft }: MeetingPageProps) {
  const state = useStore(session.state);
  if (state.phase.kind === 'over') return <Over session={session} onLeft={onLeft} />;
  return <Live session={session} />;
}

function Over({ session, onLeft }: MeetingPageProps) {
  const { t } = useTranslation();
  const { phase } = useStore(session.state);
  if (phase.kind !== 'over') return null;
  return (
    <Notice title={t(`over.${phase.ending}`)} text={t(`over.${phase.ending}Text`)}>
      <Button size="lg" onClick={onLeft}>
        {phase.ending === 'removed' || phase.ending === 'closed' ? t('over.home') : t('over.again')}
      </Button>
    </Notice>
  );
}

function Live({ session }: { readonly session: MeetingSession }) {
  const { t } = useTranslation();
  const name = t('app.name');
  const state = useStore(session.state);
  const page = useRef<HTMLDivElement>(null);
  const hasContent = state.room.contents.length > 0;
  const [screen, turn] = useScreen(hasContent);
  const [full, toggleFull] = useFullscreen(page);
  const [dialog, setDialog] = useState<Dialog>(null);
  const [side, setSide] = useState<Side | null>(null);
  const chat = useChat(state.conduct?.chat, session.readChat, side === 'chat');
  const pages = useRef(1);
  const room = useRoom(session, state);
  const [contentElsewhere, openContent] = useContentWindow(state);
  const ownCamera = state.room.points.find((tile) => tile.point.own)?.track?.mediaStreamTrack ?? null;
  const reach = useMemo(() => reachOf(ownCamera), [ownCamera]);
  useWakeLock();
  useEffect(() => {
    document.title = `${state.own.name} · ${state.info.title}`;
    return () => {
      document.title = name;
    };
  }, [state.own.name, state.info.title, name]);
  const nextLayout = () => turn({ kind: 'next', hasContent });
  const turnPage = (by: 1 | -1) => turn({ kind: 'page', by, pages: pages.current });
  useCommands(dialog === null, {
    mic: session.toggleMic,
    camera: session.toggleCamera,
    share: session.toggleShare,
    layout: nextLayout,
    fullscreen: toggleFull,
    devices: () => setDialog('devices'),
    help: () => setDialog('keys'),
    pageBack: () => turnPage(-1),
    pageOn: () => turnPage(1),
    hand: () => room?.hand(),
    chat: () => room && setSide(side === 'chat' ? null : 'chat'),
    papers: () => room && setSide(side === 'papers' ? null : 'papers'),
    aim: () => reach && setSide(side === 'aim' ? null : 'aim'),
  });
  const recording = recordingWord(state.conduct, state.recorded);
  const vote = room?.view.vote;
  const toggle = (which: Side) => setSide(side === which ? null : which);
  return (
    <div className={classes.page} ref={page}>
      <Header state={state} item={room?.item ?? ''} />
      <Banners session={session} state={state} />
      <div className={classes.middle}>
        <div className={classes.picture}>
          {!(room && state.conduct) && <PlainNotices recording={recording} />}
          {room && state.conduct && <RoomNotices state={state.conduct} view={room.view} recording={recording} silent={room.silent} echo={room.echo} talkback={state.room.talkback} previewed={state.room.previewed} />}
          <Stage
            contentElsewhere={contentElsewhere}
            {...(room ? { paper: { meeting: state.info.id, pointer: session.pointer, mayPresent: room.mayPresent, onPage: (to: number) => room.present(state.conduct?.screen.paper?.id ?? '', to) } } : {})}
            state={state}
            screen={screen}
            onPages={(count) => {
              pages.current = count;
            }}
            onTurn={turnPage}
          />
        </div>
        {side === 'chat' && room && <RoomChat chat={chat} state={state} session={session} onClose={() => setSide(null)} />}
        {side === 'aim' && reach && ownCamera && <CameraPanel key={ownCamera.id} track={ownCamera} reach={reach} onClose={() => setSide(null)} />}
        {side === 'papers' && room && <PapersPanel meeting={state.info.id} agenda={room.agenda} presented={state.conduct?.screen.paper} mayPresent={room.mayPresent} onPresent={room.present} onClose={() => setSide(null)} />}
      </div>
      {state.conduct && <LowerThird lines={state.conduct.screen.lowerThird ?? []} />}
      {room && vote && (
        <VoteSheet
          vote={vote}
          voters={room.voters}
          known={room.known}
          onCast={(voter, choice, after) => room.act({ do: 'cast-vote', with: { motion: vote.motion, voter, choice } }, after)}
          onHands={(counts, after) => room.act({ do: 'enter-hands', with: { motion: vote.motion, point: state.own.id, counts } }, after)}
        />
      )}
      {room && <RoomStrip view={room.view} busy={room.busy} onHand={room.hand} onFinish={() => room.act({ do: 'finish', with: {} })} />}
      <Controls
        conducted={room !== null}
        mayMic={room?.view.mayOpenMic ?? true}
        onHelp={() => setDialog('help')}
        onContent={openContent}
        onPapers={() => toggle('papers')}
        onAim={reach ? () => toggle('aim') : null}
        onChat={() => toggle('chat')}
        unread={chat.unread}
        side={side}
        state={state}
        session={session}
        layout={screen.wish}
        nextLayout={nextWish(screen.wish, hasContent)}
        full={full}
        onLayout={nextLayout}
        onFullscreen={toggleFull}
        onDevices={() => setDialog('devices')}
        onKeys={() => setDialog('keys')}
        onLeave={() => setDialog('leave')}
      />
      <Sounds tracks={state.room.sounds} />
      <Announcer session={session} />
      <DevicesDialog opened={dialog === 'devices'} onClose={() => setDialog(null)} session={session} />
      <KeysDialog opened={dialog === 'keys'} onClose={() => setDialog(null)} />
      <HelpDialog opened={dialog === 'help'} onClose={() => setDialog(null)} phone={room?.phone ?? ''} state={state} micWord={room?.view.mic ?? (state.mic ? 'open' : 'off')} />
      <LeaveDialog opened={dialog === 'leave'} onClose={() => setDialog(null)} onLeave={() => session.leave()} early={room?.early ?? null} />
    </div>
  );
}
