import type { Track } from 'livekit-client';
import { useEffect, useRef } from 'react';

/** Plays every sound that arrives. */
export function Sounds({ tracks }: { readonly tracks: readonly Track[] }) {
  return (
    <div hidden>
      {tracks.map((track) => (
        <Sound key={track.sid ?? track.mediaStreamID} track={track} />
      ))}
    </div>
  );
}

function Sound({ track }: { readonly track: Track }) {
  const audio = useRef<HTMLAudioElement>(null);
  useEffect(() => {
    const element = audio.current;
    if (!element) return undefined;
    track.attach(element);
    return () => void track.detach(element);
  }, [track]);
  return <audio ref={audio} data-testid="sound" />;
}
