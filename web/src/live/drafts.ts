import { useState } from 'react';
import type { Board } from '../conduct/board';

/**
 * What was typed at the boards of this window and is not the meeting's yet. It outlives a sheet that is turned away and
 * a board that locks. It is kept by who typed it, and nowhere but in the window: the next person at this machine must
 * not read it.
 */
export class Drafts {
  private readonly kept = new Map<string, unknown>();

  get(key: string): unknown {
    return this.kept.get(key);
  }

  keep(key: string, value: unknown): void {
    if (value === undefined) this.kept.delete(key);
    else this.kept.set(key, value);
  }

  /** It arrived. Whatever was typed since stays. */
  arrived(key: string, value: unknown): boolean {
    if (!Object.is(this.kept.get(key), value)) return false;
    this.kept.delete(key);
    return true;
  }
}

const drafts = new Drafts();

export interface Draft<T> {
  /** Undefined while nothing is typed. */
  readonly value: T | undefined;
  readonly type: (value: T) => void;
  /** What was sent has arrived: the draft goes, unless it was typed in meanwhile. */
  readonly arrived: (sent: T) => void;
}

export function useDraft<T>({ plan, you }: Pick<Board, 'plan' | 'you'>, field: string): Draft<T> {
  return useDraftOf(plan.id, you.person ?? '', field);
}

/** The same where there is no board: on the pages of the desk. */
export function useDraftOf<T>(meeting: string, person: string, field: string): Draft<T> {
  const key = `${meeting} ${person} ${field}`;
  const [, draw] = useState(0);
  const changed = () => draw((count) => count + 1);
  return {
    value: drafts.get(key) as T | undefined,
    type: (value) => {
      drafts.keep(key, value);
      changed();
    },
    arrived: (sent) => {
      if (drafts.arrived(key, sent)) changed();
    },
  };
}
