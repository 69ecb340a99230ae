import { ConnectionQuality, Track, type Room } from 'livekit-client';
import { expect, test } from 'vitest';
import { viewRoom } from './snapshot';

/** A room with one other point, whose picture the line is too thin for. */
function thinRoom(): Room {
  const camera = { isMuted: false, track: { streamState: Track.StreamState.Paused } };
  const point = (identity: string, isLocal: boolean) => ({
    identity,
    name: identity,
    isLocal,
    connectionQuality: ConnectionQuality.Good,
    attributes: {},
    audioTrackPublications: new Map(),
    getTrackPublication: (source: Track.Source) => (source === Track.Source.Camera ? camera : source === Track.Source.Microphone ? { isMuted: false } : undefined),
  });
  const other = point('LG-00', false);
  return { remoteParticipants: new Map([['LG-00', other]]), localParticipant: point('LG-X1', true), activeSpeakers: [], canPlaybackAudio: true } as unknown as Room;
}

test('CON-13 a picture that the line is too thin for keeps its place: taken away it would be asked for by nobody and stay away', () => {
  const [hall] = viewRoom(thinRoom(), new Set()).points;
  expect(hall?.point.line).toBe('audioOnly');
  expect(hall?.track).not.toBeNull();
});
