import { LocalVideoTrack, RoomEvent, Track, TrackEvent, type DisconnectReason, type Participant, type Room, type TrackPublication } from 'livekit-client';
import { bridgeURL, type JoinGrant } from '../api/bridge';
import { Problem, type ProblemCode } from '../api/problem';
import { Store } from '../app/store';
import type { ChatPage } from '../conduct/chat';
import type { Deed } from '../conduct/deed';
import { isCalled, mayOpenMic, takesMicBack } from '../conduct/room-view';
import { readState } from '../conduct/state';
import { cameraCapture } from '../device/capture';
import { loadChoices, saveChoices, type Choices } from '../device/choices';
import { askToMove } from '../device/ptz';
import type { EntryTracks } from '../device/rig';
import { newKey } from '../live/acts';
import { callProblem } from './call-problem';
import { delayAfter } from './delay';
import { OwnMedia } from './own-media';
import { Pointer } from './pointer';
import { endingOf, type Ending } from './reconnect';
import { connectWithin, newRoom } from './room';
import { emptyRoom, keepUnchanged, viewRoom } from './snapshot';
import { Speaking } from './speaking';
import { firstState, type MeetingState } from './state';

const viewEvents = [
  RoomEvent.ParticipantConnected,
  RoomEvent.ParticipantDisconnected,
  RoomEvent.ParticipantNameChanged,
  RoomEvent.TrackSubscribed,
  RoomEvent.TrackUnsubscribed,
  RoomEvent.TrackPublished,
  RoomEvent.TrackUnpublished,
  RoomEvent.TrackStreamStateChanged,
  RoomEvent.LocalTrackPublished,
  RoomEvent.LocalTrackUnpublished,
  RoomEvent.ActiveSpeakersChanged,
  RoomEvent.ConnectionQualityChanged,
  RoomEvent.AudioPlaybackStatusChanged,
  RoomEvent.ParticipantAttributesChanged,
  RoomEvent.RecordingStatusChanged,
] as const;

const drawAfterMs = 30;
const restlessMs = 250;
/** When the client has not come back by its own means for so long, the point joins anew. */
const startOverMs = 20_000;
/** A hiccup of the signalling socket shorter than this is not worth a banner: picture and sound go on. */
const quietSignalMs = 900;

export interface SessionStart {
  readonly grant: JoinGrant;
  /** Milliseconds that the bridge took to answer: a measure of the line. */
  readonly answeredIn: number;
  readonly entry: EntryTracks;
  /** Asks the bridge for a fresh token. */
  readonly admission: () => Promise<JoinGrant>;
}

/**
 * One point's presence in one meeting, from the click on "Vào họp" until it leaves. Owns the connection and joins
 * anew for as long as the page is open, unless the bridge says that the meeting is over for this point.
 */
export class MeetingSession {
  readonly state: Store<MeetingState>;
  readonly forgetTrouble = (): void => this.state.update({ trouble: null });
  readonly pointer = new Pointer();
  private readonly media: OwnMedia;
  private speaking = new Speaking();
  private room: Room | null = null;
  private drawTimer: ReturnType<typeof setTimeout> | undefined;
  private signalTimer: ReturnType<typeof setTimeout> | undefined;
  private startOverTimer: ReturnType<typeof setTimeout> | undefined;
  private wake: () => void = () => undefined;
  private over = false;

  constructor(private readonly start: SessionStart) {
    this.state = new Store(firstState(start.grant.room, start.grant.point));
    this.media = new OwnMedia(
      start.entry,
      (trouble) => {
        if (trouble) this.state.update({ trouble });
        this.draw();
      },
      this.forgetTrouble,
      (goneForMs) => takesMicBack(this.state.get().conduct, this.state.get().own.id, goneForMs),
    );
  }

  /** Ends when the meeting is over for this point. */
  async run(): Promise<void> {
    window.addEventListener('online', this.lineIsBack);
    let grant: JoinGrant | null = this.start.grant;
    let attempt = 0;
    let lostAt = Date.now();
    while (!this.over) {
      let problem: Problem | null = null;
      try {
        const ending = await this.attend(grant ?? (await this.start.admission()));
        if (ending !== null) return this.finish(ending);
        attempt = 0;
        lostAt = Date.now();
      } catch (error) {
        problem = error instanceof Problem ? error : null;
        attempt++;
      }
      grant = null;
      if (this.over) return;
      this.lost(problem?.code ?? null);
      await this.pause(delayAfter(problem, attempt, Date.now() - lostAt));
    }
  }

  leave(): void {
    if (this.over) return;
    void this.room?.disconnect();
    this.finish('left');
  }

  readonly toggleMic = (): void => {
    const { conduct, own } = this.state.get();
    if (!this.media.mic && conduct && !mayOpenMic(conduct, own.id)) return;
    void this.media.setMic(!this.media.mic);
  };
  readonly toggleCamera = (): void => void this.media.setCamera(!this.media.camera);
  readonly toggleShare = (): void => void (this.media.sharing ? this.media.stopSharing() : this.media.share());

  /** Asks whether the page may move the camera, and opens it anew with that right. */
  readonly askToMoveCamera = async (): Promise<void> => {
    if (!(await askToMove())) return;
    const own = this.room?.localParticipant.getTrackPublication(Track.Source.Camera)?.videoTrack;
    if (own instanceof LocalVideoTrack) await own.restartTrack(cameraCapture(loadChoices().camera));
    this.draw();
  };

  /** What this point's microphone gives, while it is open. */
  readonly ownMic = (): MediaStreamTrack | null => {
    const own = this.room?.localParticipant.getTrackPublication(Track.Source.Microphone);
    return own?.track && !own.isMuted ? own.track.mediaStreamTrack : null;
  };

  /** Browsers keep sound back until somebody has clicked. */
  readonly startSound = (): void => void this.room?.startAudio().then(() => this.draw());

  /** Does something in the meeting by a call over the connection itself: a point's machine needs no sign-in for it. */
  readonly perform = async (deed: Deed): Promise<void> => void (await this.ask({ ...deed, key: newKey() }));

  /** What was written in the meeting after the message with this number. */
  readonly readChat = async (after: number): Promise<ChatPage> => JSON.parse(await this.ask({ do: 'read-chat', with: { after } })) as ChatPage;

  private readonly ask = async (body: object): Promise<string> => {
    const { room } = this;
    if (!room) throw new Problem('unreachable');
    try {
      return await room.localParticipant.performRpc({ destinationIdentity: 'diemcau', method: 'act', payload: JSON.stringify(body) });
    } catch (error) {
      throw callProblem(error);
    }
  };

  switchDevice(kind: MediaDeviceKind, id: string): void {
    const change: Partial<Choices> =
      kind === 'videoinput' ? { camera: id } : kind === 'audioinput' ? { mic: id } : { speaker: id };
    saveChoices(change);
    void this.room?.switchActiveDevice(kind, id === '' ? 'default' : id, false).catch(() => this.draw());
  }

  /** Joins and stays. Returns why the meeting is over, or null when only the line broke; throws when joining failed. */
  private async attend(grant: JoinGrant): Promise<Ending | null> {
    const room = newRoom(loadChoices());
    this.room = room;
    const parted = new Promise<DisconnectReason | undefined>((resolve) => {
      room.on(RoomEvent.Disconnected, resolve);
      const trouble = () => {
        this.startOverTimer ??= setTimeout(() => resolve(undefined), startOverMs);
      };
      room.on(RoomEvent.Reconnecting, trouble).on(RoomEvent.SignalReconnecting, trouble);
    });
    this.listen(room);
    this.pointer.attach(room);
    try {
      await room.connect(bridgeURL(grant.url, location.origin), grant.token, connectWithin(this.start.answeredIn));
      this.obey(room);
      this.back();
      void this.media.attach(room).then(() => this.draw());
      return endingOf(await parted);
    } finally {
      this.media.detach();
      this.pointer.detach();
      this.calm();
      room.removeAllListeners();
      void room.disconnect();
    }
  }

  private listen(room: Room): void {
    for (const event of viewEvents) room.on(event, this.draw);
    const follow = (publication: TrackPublication, participant: Participant) => {
      if (participant.isLocal && this.state.get().phase.kind === 'live') {
        this.media.follow(publication.source, !publication.isMuted);
      }
      this.draw();
    };
    room.on(RoomEvent.TrackMuted, follow).on(RoomEvent.TrackUnmuted, follow);
    room.on(RoomEvent.LocalTrackPublished, ({ track, source }) => {
      track?.on(TrackEvent.Ended, () => this.media.lost(source)).on(TrackEvent.Restarted, () => this.media.found(source));
    });
    room.on(RoomEvent.Reconnecting, () => this.lost(null)).on(RoomEvent.Reconnected, () => this.back());
    room.on(RoomEvent.SignalReconnecting, () => {
      clearTimeout(this.signalTimer);
      this.signalTimer = setTimeout(() => this.lost(null), quietSignalMs);
    });
    room.on(RoomEvent.SignalConnected, this.draw);
    room.on(RoomEvent.RoomMetadataChanged, () => this.obey(room));
  }

  /**
   * Follows the meeting's state: an invitation opens this point's microphone, its end closes it (CON-04). The bridge
   * enforces both; this only saves the person at the device a click.
   */
  private obey(room: Room): void {
    const conduct = readState(room.metadata);
    const { conduct: before, own } = this.state.get();
    this.state.update({ conduct });
    if (!conduct) return;
    const invited = isCalled(conduct, own.id);
    const wasInvited = before !== null && isCalled(before, own.id);
    // Off the air the bridge itself opens and closes the microphone of a point that is previewed.
    const previewed = room.localParticipant.attributes['dc.mic'] === 'preview';
    void this.media.setMusic(conduct.screen.music === true && mayOpenMic(conduct, own.id));
    if (this.media.mic && !previewed && !mayOpenMic(conduct, own.id)) void this.media.setMic(false);
    if (wasInvited && !invited) this.media.forgetMic();
    if (invited && !wasInvited && before !== null && !this.media.mic) void this.media.setMic(true);
  }

  private calm(): void {
    clearTimeout(this.signalTimer);
    clearTimeout(this.startOverTimer);
    this.startOverTimer = undefined;
  }

  private back(): void {
    this.calm();
    this.state.update({ phase: { kind: 'live' } });
    this.redraw();
  }

  private lost(problem: ProblemCode | null): void {
    if (this.over) return;
    const { phase } = this.state.get();
    const since = phase.kind === 'reconnecting' ? phase.since : Date.now();
    this.state.update({ phase: { kind: 'reconnecting', since, problem } });
  }

  private finish(ending: Ending): void {
    if (this.over) return;
    this.over = true;
    window.removeEventListener('online', this.lineIsBack);
    clearTimeout(this.drawTimer);
    this.wake();
    this.media.close();
    this.state.update({ phase: { kind: 'over', ending }, room: emptyRoom, speaker: null });
  }

  private async pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private readonly lineIsBack = (): void => this.wake();

  /** Many events come together; they are drawn once. */
  private readonly draw = (): void => {
    this.drawTimer ??= setTimeout(this.redraw, drawAfterMs);
  };

  private readonly redraw = (): void => {
    clearTimeout(this.drawTimer);
    this.drawTimer = undefined;
    const { room, media, speaking } = this;
    if (!room || this.over) return;
    const before = this.state.get();
    // While joining anew the old picture stays: an empty stage would say that everybody has left.
    const joined = room.localParticipant.identity !== '' && before.phase.kind === 'live';
    const now = performance.now();
    speaking.hear(room.activeSpeakers.map((p) => p.identity), now);
    const view = joined ? keepUnchanged(before.room, viewRoom(room, speaking.lit(now))) : before.room;
    const others = new Set(view.points.filter((t) => !t.point.own).map((t) => t.point.identity));
    this.state.update({
      room: view,
      speaker: speaking.shown(view.loudest, others, now),
      mic: media.mic,
      camera: media.camera,
      sharing: media.sharing,
      sharingWholeScreen: media.sharingWholeScreen,
      recorded: joined ? room.isRecording : before.recorded,
    });
    if (speaking.restless) this.drawTimer = setTimeout(this.redraw, restlessMs);
  };
}
