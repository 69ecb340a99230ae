import type { Deed } from '../conduct/deed';
import { newKey } from './acts';

/** An answer that was lost is given up by then: the same pressed later is meant once more. */
const lostForMs = 60_000;

/**
 * The keys of acts at one board. What is sent again because its answer was lost has the same key: the bridge does it
 * once, and answers what it answered.
 */
export class Repeats {
  private lost: { readonly text: string; readonly key: string; readonly at: number } | null = null;

  constructor(private readonly clock: () => number = () => performance.now()) {}

  key(deed: Deed): string {
    const { lost } = this;
    const again = lost !== null && lost.text === JSON.stringify(deed) && this.clock() - lost.at < lostForMs;
    return again ? lost.key : newKey();
  }

  /** What became of it: lost is when neither a yes nor a no has come. */
  answered(deed: Deed, key: string, lost: boolean): void {
    if (lost) this.lost = { text: JSON.stringify(deed), key, at: this.clock() };
    else if (this.lost?.key === key) this.lost = null;
  }
}
