import { ConnectionQuality, DisconnectReason, Room, RoomEvent, Track, type RemoteParticipant } from 'livekit-client';
import { bridgeURL, enterMeeting } from '../api/bridge';
import { Problem } from '../api/problem';
import { Store } from '../app/store';
import type { PointFacts } from '../conduct/technician';
import { micCapture } from '../device/capture';
import { loadChoices } from '../device/choices';
import { mediaTrouble, type MediaTrouble } from '../device/media-error';
import { delayAfter } from '../meeting/delay';
import { lineQuality } from '../meeting/quality';
import { PatientReconnectPolicy } from '../meeting/reconnect';

/** What a board sees and hears of the room: facts of every point, and one point off the air. */
export interface BoardRoomView {
  readonly facts: ReadonlyMap<string, PointFacts>;
  readonly preview: string | null;
  readonly tracks: readonly Track[];
  /** What is said here is heard at the point that is previewed, and nowhere else. */
  readonly talking: boolean;
  readonly talkFault: MediaTrouble | null;
}

const readEveryMs = 1_000;

interface Memory {
  heard: number;
}

/** When the client has not come back by its own means for so long, the board enters anew. */
const startOverMs = 20_000;

/** What a board needs of the outside: a token, and a room that was not joined yet. */
export interface BoardDoor {
  readonly enter: (meeting: string) => Promise<{ readonly token: string }>;
  readonly room: () => Room;
}

const defaultDoor: BoardDoor = {
  enter: async (meeting) => enterMeeting(meeting, true),
  room: () => new Room({ adaptiveStream: true, reconnectPolicy: new PatientReconnectPolicy() }),
};

/**
 * Owns a board's connection, and enters anew for as long as the board is open. It takes nothing but the point that is
 * previewed, so a board costs the line little.
 */
export class BoardRoom {
  readonly view = new Store<BoardRoomView>({ facts: new Map(), preview: null, tracks: [], talking: false, talkFault: null });
  private room: Room | null = null;
  private readonly memory = new Map<string, Memory>();
  private timer: ReturnType<typeof setInterval> | undefined;
  private visit = new AbortController();
  private wake: () => void = () => undefined;
  private seats = '';

  constructor(private readonly door: BoardDoor = defaultDoor) {}

  open(meeting: string): void {
    this.close();
    this.visit = new AbortController();
    this.timer = setInterval(this.read, readEveryMs);
    void this.stay(meeting, this.visit.signal);
  }

  close(): void {
    this.visit.abort();
    clearInterval(this.timer);
    this.wake();
    void this.room?.disconnect();
  }

  private async stay(meeting: string, visit: AbortSignal): Promise<void> {
    let attempt = 0;
    let lostAt = performance.now();
    while (!visit.aborted) {
      let problem: Problem | null = null;
      try {
        const { token } = await this.door.enter(meeting);
        if (visit.aborted) return;
        const reason = await this.attend(token, visit);
        // Another window of this board is in the room: it goes on there until somebody looks at a point here.
        if (reason === DisconnectReason.DUPLICATE_IDENTITY && !visit.aborted) await this.pause(null);
        attempt = 0;
        lostAt = performance.now();
      } catch (error) {
        problem = error instanceof Problem ? error : null;
        attempt++;
      }
      if (visit.aborted) return;
      // Not his to enter: asking again by itself would only fill the bridge's log.
      if (problem?.status === 401 || problem?.status === 403) await this.pause(null);
      else await this.pause(delayAfter(problem, attempt, performance.now() - lostAt));
    }
  }

  /** Until the connection is lost for good. */
  private async attend(token: string, visit: AbortSignal): Promise<DisconnectReason | undefined> {
    const room = this.door.room();
    let startOver: ReturnType<typeof setTimeout> | undefined;
    const calm = () => {
      clearTimeout(startOver);
      startOver = undefined;
    };
    const parted = new Promise<DisconnectReason | undefined>((resolve) => {
      room.on(RoomEvent.Disconnected, resolve);
      const trouble = () => {
        startOver ??= setTimeout(() => resolve(undefined), startOverMs);
      };
      room.on(RoomEvent.Reconnecting, trouble).on(RoomEvent.SignalReconnecting, trouble);
      room.on(RoomEvent.Reconnected, calm).on(RoomEvent.SignalConnected, calm);
    });
    for (const event of [RoomEvent.TrackSubscribed, RoomEvent.TrackUnsubscribed, RoomEvent.ParticipantDisconnected]) room.on(event, this.read);
    // A point that comes back, or opens its camera later, is taken like one that was there.
    room.on(RoomEvent.TrackPublished, this.take);
    try {
      await room.connect(bridgeURL('', location.origin), token, { autoSubscribe: false });
      if (visit.aborted) return undefined;
      this.room = room;
      this.take();
      return await parted;
    } finally {
      calm();
      if (this.room === room) this.room = null;
      room.removeAllListeners();
      void room.disconnect();
      this.read();
    }
  }

  /** Null: until somebody asks. */
  private async pause(ms: number | null): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = ms === null ? undefined : setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Subscribes to the point that is previewed, and to nothing else. */
  private readonly take = (): void => {
    const { preview } = this.view.get();
    for (const participant of this.room?.remoteParticipants.values() ?? []) {
      for (const publication of participant.trackPublications.values()) {
        const wanted = participant.identity === preview;
        if (publication.isDesired !== wanted) publication.setSubscribed(wanted);
      }
    }
    this.read();
  };

  /** Opens the microphone here towards the point that is previewed; the bridge lets nobody else hear it (CON-05). */
  async talk(on: boolean): Promise<void> {
    const own = this.room?.localParticipant;
    if (!own) return;
    if (!on) {
      this.view.update({ talking: false });
      for (const publication of own.audioTrackPublications.values()) if (publication.track) await own.unpublishTrack(publication.track, true);
      return;
    }
    if (this.view.get().preview === null) return;
    try {
      await own.setMicrophoneEnabled(true, micCapture(loadChoices().mic));
      // Released, or another point was chosen, while the microphone was opening.
      if (this.view.get().preview === null || this.visit.signal.aborted) return await this.talk(false);
      this.view.update({ talking: true, talkFault: null });
    } catch (error) {
      this.view.update({ talking: false, talkFault: mediaTrouble(error) });
    }
  }

  /** Takes one point's picture and sound, or none: what the meeting says that this board previews. */
  preview(point: string | null): void {
    if (point === this.view.get().preview) return;
    void this.talk(false);
    this.view.update({ preview: point });
    this.take();
  }

  /** Somebody at this window looks at a point: if the room is held by another window of the board, it comes here. */
  readonly look = (): void => this.wake();

  /** Who is handed a board in the middle of a meeting may enter from then on. */
  seated(seats: string): void {
    if (seats === this.seats) return;
    this.seats = seats;
    this.wake();
  }

  private readonly read = (): void => {
    const now = performance.now();
    const facts = new Map<string, PointFacts>();
    const { room } = this;
    for (const participant of room?.remoteParticipants.values() ?? []) if (!participant.identity.startsWith('board:')) facts.set(participant.identity, this.factsOf(participant, now));
    const { preview } = this.view.get();
    const shown = preview === null ? undefined : room?.remoteParticipants.get(preview);
    const tracks = [...(shown?.trackPublications.values() ?? [])].flatMap((publication) => publication.track ?? []);
    // The bridge takes the voice back when the point goes on the air.
    const talking = this.view.get().talking && (room?.localParticipant.audioTrackPublications.size ?? 0) > 0;
    this.view.update({ facts, tracks, talking });
  };

  private factsOf(participant: RemoteParticipant, now: number): PointFacts {
    const camera = participant.getTrackPublication(Track.Source.Camera);
    const mic = participant.getTrackPublication(Track.Source.Microphone);
    const memory = this.memory.get(participant.identity) ?? { heard: now };
    this.memory.set(participant.identity, memory);
    if (participant.audioLevel > 0.01) memory.heard = now;
    return {
      level: participant.isSpeaking ? participant.audioLevel : 0,
      mic: mic !== undefined && !mic.isMuted,
      camera: camera !== undefined && !camera.isMuted,
      width: camera?.dimensions?.width ?? null,
      height: camera?.dimensions?.height ?? null,
      // What the bridge measures of a point's line comes by another way (line-watch.ts).
      kbps: null,
      downKbps: null,
      lossPercent: null,
      rttMs: null,
      line: lineQuality({ quality: participant.connectionQuality ?? ConnectionQuality.Unknown, pictureHeldBack: false, hearable: mic !== undefined }),
      silentFor: now - memory.heard,
      frozenFor: 0,
    };
  }
}
