import { RemoteVideoTrack, type Track } from 'livekit-client';

type ElementInfo = Parameters<RemoteVideoTrack['observeElementInfo']>[0];

/** What the largest screens of rooms show; the bridge sends the layer that fills it, never half of a document. */
const screen = { width: 1920, height: 1080 } as const;

/**
 * Tells the connection that a picture is looked at in a window of its own, which it cannot see: else it would be sent in
 * half its size, or not at all once its tile is gone from this window. Gives what takes it back.
 */
export function seenElsewhere(track: Track | null | undefined): () => void {
  if (!(track instanceof RemoteVideoTrack) || !track.isAdaptiveStream) return () => undefined;
  const info: ElementInfo = {
    element: {},
    width: () => screen.width,
    height: () => screen.height,
    visible: true,
    pictureInPicture: false,
    visibilityChangedAt: undefined,
    observe: () => undefined,
    stopObserving: () => undefined,
  };
  track.observeElementInfo(info);
  return () => track.stopObservingElementInfo(info);
}
