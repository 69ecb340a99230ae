/** Loudness of a track, for a meter that a person watches. */
export interface Meter {
  /** 0 (silence) to 1 (full scale), on a scale that follows the ear. */
  read(): number;
  close(): void;
}

const floorDB = -60;

/** Maps an RMS amplitude to the meter's scale. */
export function meterScale(rms: number): number {
  if (rms <= 0) return 0;
  const db = 20 * Math.log10(rms);
  return Math.min(1, Math.max(0, (db - floorDB) / -floorDB));
}

/** Root of the mean square of what was heard in the last moment. */
export function rmsOf(analyser: AnalyserNode, samples: Float32Array<ArrayBuffer>): number {
  analyser.getFloatTimeDomainData(samples);
  return Math.sqrt(samples.reduce((total, sample) => total + sample * sample, 0) / samples.length);
}

export function openMeter(track: MediaStreamTrack): Meter {
  const context = new AudioContext();
  const source = context.createMediaStreamSource(new MediaStream([track]));
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  return {
    read() {
      if (context.state === 'suspended') void context.resume();
      return meterScale(rmsOf(analyser, samples));
    },
    close() {
      source.disconnect();
      void context.close();
    },
  };
}
