import { ConnectionQuality, Room, RoomEvent, Track, type RemoteParticipant } from 'livekit-client';
import { bridgeURL, enterMeeting } from '../api/bridge';
import { Store } from '../app/store';
import type { PointFacts } from '../conduct/technician';
import { micCapture } from '../device/capture';
import { loadChoices } from '../device/choices';
import { mediaTrouble, type MediaTrouble } from '../device/media-error';
import { lineQuality } from '../meeting/quality';

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

/** Owns a board's connection. It takes nothing but the point that is previewed, so a board costs the line little. */
export class BoardRoom {
  readonly view = new Store<BoardRoomView>({ facts: new Map(), preview: null, tracks: [], talking: false, talkFault: null });
  private readonly room = new Room({ adaptiveStream: true });
  private readonly memory = new Map<string, Memory>();
  private timer: ReturnType<typeof setInterval> | undefined;
  private closed = false;

  async open(meeting: string): Promise<void> {
    const entry = await enterMeeting(meeting, true);
    if (this.closed) return;
    for (const event of [RoomEvent.TrackSubscribed, RoomEvent.TrackUnsubscribed, RoomEvent.ParticipantDisconnected]) this.room.on(event, this.read);
    await this.room.connect(bridgeURL('', location.origin), entry.token, { autoSubscribe: false });
    this.timer = setInterval(this.read, readEveryMs);
    this.read();
  }

  close(): void {
    this.closed = true;
    clearInterval(this.timer);
    this.room.removeAllListeners();
    void this.room.disconnect();
  }

  /** Opens the microphone here towards the point that is previewed; the bridge lets nobody else hear it (CON-05). */
  async talk(on: boolean): Promise<void> {
    const own = this.room.localParticipant;
    if (!on) {
      this.view.update({ talking: false });
      for (const publication of own.audioTrackPublications.values()) if (publication.track) await own.unpublishTrack(publication.track, true);
      return;
    }
    if (this.view.get().preview === null) return;
    try {
      await own.setMicrophoneEnabled(true, micCapture(loadChoices().mic));
      // Released, or another point was chosen, while the microphone was opening.
      if (this.view.get().preview === null || this.closed) return await this.talk(false);
      this.view.update({ talking: true, talkFault: null });
    } catch (error) {
      this.view.update({ talking: false, talkFault: mediaTrouble(error) });
    }
  }

  /** Takes one point's picture and sound, or none. */
  preview(point: string | null): void {
    if (point !== this.view.get().preview) void this.talk(false);
    for (const participant of this.room.remoteParticipants.values()) {
      for (const publication of participant.trackPublications.values()) publication.setSubscribed(participant.identity === point);
    }
    this.view.update({ preview: point });
    this.read();
  }

  private readonly read = (): void => {
    const now = performance.now();
    const facts = new Map<string, PointFacts>();
    for (const participant of this.room.remoteParticipants.values()) if (!participant.identity.startsWith('board:')) facts.set(participant.identity, this.factsOf(participant, now));
    const { preview } = this.view.get();
    const shown = preview === null ? undefined : this.room.remoteParticipants.get(preview);
    const tracks = [...(shown?.trackPublications.values() ?? [])].flatMap((publication) => publication.track ?? []);
    // The bridge takes the voice back when the point goes on the air.
    const talking = this.view.get().talking && this.room.localParticipant.audioTrackPublications.size > 0;
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
