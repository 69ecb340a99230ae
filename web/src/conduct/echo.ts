/**
 * Tells from loudness alone whether a room's microphone hears the room's own loudspeaker: what is heard comes again in
 * what is sent, a moment later and in the same rhythm. Whoever speaks in the room follows a rhythm of his own. No DOM,
 * no media: levels in, a word out.
 */

/** Loudness (RMS, 0 to 1) of what the room plays and of what its microphone gives, at one moment. */
export interface Ear {
  readonly heard: number;
  readonly sent: number;
}

export const earEveryMs = 50;
const windowEars = 80; // four seconds: some ten words
const mostLag = 16; // 0.8 s: the way through the line, the mixer and the air
const quietest = 0.004; // -48 dB: below it a microphone has its own noise
const liveliest = 4; // dB: what is played has to rise and fall for its rhythm to be told
const alike = 0.8;
/** Two seconds on end, so that a chance likeness of a few words is not called an echo. */
const foundAfter = 40;
const goneAfter = 120;

const loudness = (level: number) => 20 * Math.log10(Math.max(level, 1e-4));

function spread(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

/** How alike two rhythms are, -1 to 1. */
function likeness(a: readonly number[], b: readonly number[]): number {
  const meanA = a.reduce((sum, value) => sum + value, 0) / a.length;
  const meanB = b.reduce((sum, value) => sum + value, 0) / b.length;
  let both = 0;
  let ofA = 0;
  let ofB = 0;
  for (const [index, value] of a.entries()) {
    const da = value - meanA;
    const db = (b[index] ?? meanB) - meanB;
    both += da * db;
    ofA += da * da;
    ofB += db * db;
  }
  return ofA === 0 || ofB === 0 ? 0 : both / Math.sqrt(ofA * ofB);
}

export class EchoWatch {
  private ears: Ear[] = [];
  private alikeFor = 0;
  private otherFor = 0;
  private echo = false;

  /** Takes one moment and says whether there is an echo. */
  hear(ear: Ear): boolean {
    this.ears.push(ear);
    if (this.ears.length > windowEars + mostLag) this.ears.shift();
    if (this.ears.length < windowEars + mostLag) return this.echo;
    if (this.sounds()) {
      this.alikeFor++;
      this.otherFor = 0;
    } else {
      this.alikeFor = 0;
      this.otherFor++;
    }
    if (this.alikeFor >= foundAfter) this.echo = true;
    if (this.otherFor >= goneAfter) this.echo = false;
    return this.echo;
  }

  private sounds(): boolean {
    const sent = this.ears.slice(mostLag).map((ear) => ear.sent);
    if (Math.max(...sent) < quietest) return false;
    const sentLoudness = sent.map(loudness);
    for (let lag = 0; lag <= mostLag; lag++) {
      const heard = this.ears.slice(mostLag - lag, mostLag - lag + windowEars).map((ear) => loudness(ear.heard));
      if (spread(heard) >= liveliest && likeness(heard, sentLoudness) >= alike) return true;
    }
    return false;
  }
}
