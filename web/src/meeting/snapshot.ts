import { ConnectionQuality, Track, type Participant, type Room, type TrackPublication } from 'livekit-client';
import { lineQuality, type LineQuality } from './quality';

/** What one screen of the meeting shows, at one moment. Never changed in place. */

export interface PointView {
  readonly identity: string;
  readonly name: string;
  readonly own: boolean;
  readonly mic: boolean;
  readonly camera: boolean;
  readonly speaking: boolean;
  readonly line: LineQuality;
  /** Let in from the waiting room, under a name and a unit of his own choosing (SEC-09). */
  readonly guest: boolean;
  readonly unit: string;
}

export interface TileView {
  readonly id: string;
  readonly kind: 'point' | 'content';
  readonly point: PointView;
  /** The picture, when there is one to show. */
  readonly track: Track | null;
}

export interface RoomView {
  /** By time of arrival, this point last. */
  readonly points: readonly TileView[];
  readonly contents: readonly TileView[];
  readonly sounds: readonly Track[];
  readonly loudest: string | null;
  readonly audioBlocked: boolean;
  /** Somebody at a board talks to this point alone; somebody there sees and hears it off the air (CON-05). */
  readonly talkback: boolean;
  readonly previewed: boolean;
}

export const emptyRoom: RoomView = { points: [], contents: [], sounds: [], loudest: null, audioBlocked: false, talkback: false, previewed: false };

/** Boards look on: they are no points and have no tile. */
const isBoard = (identity: string): boolean => identity.startsWith('board:');

export const pointTile = (identity: string): string => `${identity}/point`;
export const contentTile = (identity: string): string => `${identity}/content`;

function pictureOf(publication: TrackPublication | undefined): Track | null {
  if (!publication || publication.isMuted) return null;
  return publication.track ?? null;
}

function heldBack(publication: TrackPublication | undefined): boolean {
  return publication?.track?.streamState === Track.StreamState.Paused && !publication.isMuted;
}

function pointOf(participant: Participant, speaking: boolean): PointView {
  const camera = participant.getTrackPublication(Track.Source.Camera);
  const mic = participant.getTrackPublication(Track.Source.Microphone);
  const micOn = mic !== undefined && !mic.isMuted;
  return {
    identity: participant.identity,
    name: participant.name || participant.identity,
    own: participant.isLocal,
    mic: micOn,
    camera: camera !== undefined && !camera.isMuted,
    speaking: speaking && micOn,
    line: lineQuality({
      quality: participant.connectionQuality ?? ConnectionQuality.Unknown,
      pictureHeldBack: !participant.isLocal && heldBack(camera),
      hearable: mic !== undefined,
    }),
    guest: participant.attributes['kind'] === 'khach' || participant.attributes['dc.role'] === 'guest',
    unit: participant.attributes['unit'] ?? '',
  };
}

function tilesOf(participant: Participant, speaking: boolean): { point: TileView; content: TileView | null } {
  const point = pointOf(participant, speaking);
  const camera = participant.getTrackPublication(Track.Source.Camera);
  const screen = participant.getTrackPublication(Track.Source.ScreenShare);
  return {
    point: {
      id: pointTile(point.identity),
      kind: 'point',
      point,
      track: pictureOf(camera),
    },
    content: screen
      ? { id: contentTile(point.identity), kind: 'content', point, track: pictureOf(screen) }
      : null,
  };
}

function arrival(participant: Participant): number {
  return participant.joinedAt?.getTime() ?? 0;
}

/** Reads the room as it is now. `speaking` holds the identities whose frame is lit. */
export function viewRoom(room: Room, speaking: ReadonlySet<string>): RoomView {
  const others = [...room.remoteParticipants.values()].sort(
    (a, b) => arrival(a) - arrival(b) || a.identity.localeCompare(b.identity),
  );
  const everyone = [...others, room.localParticipant].filter((p) => p.identity !== '' && !isBoard(p.identity));
  const tiles = everyone.map((p) => tilesOf(p, speaking.has(p.identity)));
  return {
    points: tiles.map((t) => t.point),
    contents: tiles.flatMap((t) => t.content ?? []),
    sounds: others.flatMap((p) =>
      [...p.audioTrackPublications.values()].flatMap((publication) => publication.track ?? []),
    ),
    loudest: room.activeSpeakers.find((p) => !p.isLocal && p.isSpeaking && !isBoard(p.identity))?.identity ?? null,
    audioBlocked: !room.canPlaybackAudio,
    talkback: others.some((p) => isBoard(p.identity) && [...p.audioTrackPublications.values()].some((publication) => publication.track && !publication.isMuted)),
    previewed: room.localParticipant.attributes['dc.mic'] === 'preview',
  };
}

function samePoint(a: PointView, b: PointView): boolean {
  return (Object.keys(a) as (keyof PointView)[]).every((key) => a[key] === b[key]);
}

function keepTiles(before: readonly TileView[], after: readonly TileView[]): readonly TileView[] {
  const old = new Map(before.map((tile) => [tile.id, tile]));
  const kept = after.map((tile) => {
    const was = old.get(tile.id);
    return was && was.track === tile.track && samePoint(was.point, tile.point) ? was : tile;
  });
  return sameItems(before, kept) ? before : kept;
}

function sameItems<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

/** The new view with everything unchanged taken from the old one, so that unchanged tiles are not drawn again. */
export function keepUnchanged(before: RoomView, after: RoomView): RoomView {
  const view: RoomView = {
    ...after,
    points: keepTiles(before.points, after.points),
    contents: keepTiles(before.contents, after.contents),
    sounds: sameItems(before.sounds, after.sounds) ? before.sounds : after.sounds,
  };
  const same = (Object.keys(view) as (keyof RoomView)[]).every((key) => view[key] === before[key]);
  return same ? before : view;
}
