import { nextSpeaker, noSpeaker, type SpeakerChoice } from './speaker';

/** A frame stays lit this long after the last word, so that it does not flicker between syllables. */
export const litAfterMs = 900;

/** Keeps whose frame is lit and who is shown large. Time is given by the caller. */
export class Speaking {
  private readonly lastHeard = new Map<string, number>();
  private choice: SpeakerChoice = noSpeaker;

  hear(identities: Iterable<string>, now: number): void {
    for (const identity of identities) this.lastHeard.set(identity, now);
  }

  lit(now: number): ReadonlySet<string> {
    for (const [identity, heard] of this.lastHeard) {
      if (now - heard > litAfterMs) this.lastHeard.delete(identity);
    }
    return new Set(this.lastHeard.keys());
  }

  /** The point to show large; null until somebody has spoken. */
  shown(loudest: string | null, present: ReadonlySet<string>, now: number): string | null {
    this.choice = nextSpeaker(this.choice, loudest, present, now);
    return this.choice.shown;
  }

  /** Whether time alone may still change something. */
  get restless(): boolean {
    return this.lastHeard.size > 0 || this.choice.candidate !== null;
  }
}
