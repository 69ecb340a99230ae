import { useEffect } from 'react';
import { Store } from './store';

export interface UpgradeState {
  /** The bridge serves other pages than those that this window was opened with. */
  readonly old: boolean;
  /** Something that must not be interrupted goes on here: a speech. */
  readonly held: boolean;
}

/** Knows whether this window is older than the bridge. The first version that it hears is its own. */
export class Upgrade {
  readonly state = new Store<UpgradeState>({ old: false, held: false });
  private own: string | null = null;
  private attending = 0;

  readonly hear = (version: string | null): void => {
    if (version === null || version === '') return;
    this.own ??= version;
    // Set back to the old version, it fits again.
    this.state.update({ old: version !== this.own });
  };

  /** A part of the pages is gone that this window was opened with. */
  readonly gone = (): void => this.state.update({ old: true });

  /** A meeting is on in this window: it is never loaded anew by itself. */
  get attends(): boolean {
    return this.attending > 0;
  }

  attend(): () => void {
    this.attending++;
    return () => {
      this.attending--;
    };
  }

  hold(held: boolean): void {
    this.state.update({ held });
  }
}

export const upgrade = new Upgrade();

/** In a meeting nothing is loaded anew by itself, and nobody is asked to while this is true. */
export function useHeldReload(held: boolean): void {
  useEffect(() => upgrade.attend(), []);
  useEffect(() => {
    upgrade.hold(held);
    return () => upgrade.hold(false);
  }, [held]);
}
