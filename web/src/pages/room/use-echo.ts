import { useEffect, useState } from 'react';
import type { Track } from 'livekit-client';
import { EchoWatch, earEveryMs } from '../../conduct/echo';
import { openEars } from '../../device/ears';

/** True while the microphone that is on the air hears the room's own loudspeaker. */
export function useEcho(mic: MediaStreamTrack | null, sounds: readonly Track[]): boolean {
  const [echo, setEcho] = useState(false);
  useEffect(() => {
    if (!mic || sounds.length === 0) return undefined;
    const watch = new EchoWatch();
    const ears = openEars(mic, sounds.map((sound) => sound.mediaStreamTrack));
    const timer = setInterval(() => setEcho(watch.hear(ears.read())), earEveryMs);
    return () => {
      clearInterval(timer);
      ears.close();
      setEcho(false);
    };
  }, [mic, sounds]);
  return echo;
}
