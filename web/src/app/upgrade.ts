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

  readonly hear = (version: string | null): void => {
    if (version === null || version === '') return;
    this.own ??= version;
    // Set back to the old version, it fits again.
    this.state.update({ old: version !== this.own });
  };

  hold(held: boolean): void {
    this.state.update({ held });
  }
}

export const upgrade = new Upgrade();

/** Nobody is asked to reload while this is true. */
export function useHeldReload(held: boolean): void {
  useEffect(() => {
    upgrade.hold(held);
    return () => upgrade.hold(false);
  }, [held]);
}
