import type { Ear } from '../conduct/echo';
import { rmsOf } from './meter';

/** Loudness of what the room plays and of what its microphone gives. */
export interface Ears {
  read(): Ear;
  close(): void;
}

export function openEars(sent: MediaStreamTrack, heard: readonly MediaStreamTrack[]): Ears {
  const context = new AudioContext();
  const listen = (tracks: readonly MediaStreamTrack[]) => {
    const analyser = context.createAnalyser();
    analyser.fftSize = 2048; // 43 ms: no word falls between two looks
    for (const track of tracks) context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    return () => rmsOf(analyser, samples);
  };
  const own = listen([sent]);
  const others = listen(heard);
  return {
    read() {
      if (context.state === 'suspended') void context.resume();
      return { sent: own(), heard: others() };
    },
    close: () => void context.close(),
  };
}
