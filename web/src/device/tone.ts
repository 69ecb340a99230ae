const notes = [
  { hertz: 523.25, at: 0 },
  { hertz: 659.25, at: 0.35 },
  { hertz: 783.99, at: 0.7 },
] as const;
const noteSeconds = 0.32;

/** Plays three rising notes on the chosen loudspeaker; the promise ends when they have. */
export async function playTestTone(speaker: string): Promise<void> {
  const context = new AudioContext();
  const out = context.createMediaStreamDestination();
  const audio = new Audio();
  audio.srcObject = out.stream;
  try {
    if (speaker !== '' && 'setSinkId' in audio) await audio.setSinkId(speaker);
    await context.resume();
    await audio.play();
    const start = context.currentTime + 0.1;
    const last = notes.map((note) => playNote(context, out, note.hertz, start + note.at)).at(-1);
    if (last) await new Promise((resolve) => last.addEventListener('ended', resolve, { once: true }));
  } finally {
    audio.srcObject = null;
    await context.close();
  }
}

function playNote(context: AudioContext, out: AudioNode, hertz: number, at: number): OscillatorNode {
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  oscillator.frequency.value = hertz;
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(0.35, at + 0.03);
  gain.gain.exponentialRampToValueAtTime(0.001, at + noteSeconds);
  oscillator.connect(gain).connect(out);
  oscillator.start(at);
  oscillator.stop(at + noteSeconds);
  return oscillator;
}
