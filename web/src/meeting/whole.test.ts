import { RemoteVideoTrack, TrackEvent } from 'livekit-client';
import { expect, test, vi } from 'vitest';
import { seenElsewhere } from './whole';

const picture = () => Object.assign(new EventTarget(), { id: 'picture', kind: 'video', enabled: true, readyState: 'live' }) as unknown as MediaStreamTrack;

test('CON-11 a picture in a window of its own is asked for whole, and no longer once that is closed', () => {
  vi.useFakeTimers();
  const track = new RemoteVideoTrack(picture(), 'TR_1', undefined as unknown as RTCRtpReceiver, { pixelDensity: 1 });
  const asked: unknown[] = [];
  track.on(TrackEvent.VideoDimensionsChanged, (size: unknown) => asked.push(size));
  track.on(TrackEvent.VisibilityChanged, (seen: unknown) => asked.push(seen));
  const done = seenElsewhere(track);
  vi.advanceTimersByTime(500);
  expect(asked).toEqual([true, { width: 1920, height: 1080 }]);
  done();
  vi.advanceTimersByTime(500);
  expect(asked).toContain(false);
  vi.useRealTimers();
});

test('a picture that is not here yet is nothing to ask for', () => {
  expect(() => seenElsewhere(undefined)()).not.toThrow();
});
