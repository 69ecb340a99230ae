import { useCallback, useEffect, useState } from 'react';
import { signByPasskey } from '../api/passkey';
import { fetchSession, keepBoard, lockBoard, proveSelf, type Session } from '../api/session';
import { Problem } from '../api/problem';
import { bridgeClock } from '../conduct/clock';

const longestMs = 15 * 60_000;

/** How long a board may be left alone before it locks (SEC-05): the bridge's setting, which holds its acts back by it. */
export function lockAfterMs(session: Pick<Session, 'lockAfter'> | null | undefined): number {
  const seconds = session?.lockAfter ?? 0;
  return seconds > 0 ? Math.min(longestMs, seconds * 1_000) : longestMs;
}

/** How often the bridge is told that somebody is there: often enough that it does not lock under his hands. */
export const tellEveryMs = (afterMs: number): number => Math.min(60_000, afterMs / 3);

const lookEveryMs = 3_000;

const key = 'diemcau.boardLocked';
const signs = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const;

/** When the board of this window was locked; null when it is open. */
function stored(): number | null {
  try {
    const since = sessionStorage.getItem(key);
    return since === null ? null : Number(since);
  } catch {
    return null;
  }
}

function store(locked: boolean): void {
  try {
    if (locked) sessionStorage.setItem(key, String(bridgeClock.now()));
    else sessionStorage.removeItem(key);
  } catch {
    // storage may be forbidden; a reload then opens the board again
  }
}

export interface BoardLock {
  readonly locked: boolean;
  readonly lock: () => void;
  /** Throws a Problem when the password is wrong. */
  readonly unlock: (password: string) => Promise<void>;
  /** The same by passkey. */
  readonly unlockByPasskey: () => Promise<void>;
}

/**
 * Locks a board that nobody has touched for a while. Only the board: the meeting, its sound and picture and its
 * recording are the bridge's and go on. A reload does not open it.
 */
export function useBoardLock(afterMs: number): BoardLock {
  const [locked, setLocked] = useState(() => stored() !== null);
  const lock = useCallback(() => {
    store(true);
    setLocked(true);
    void lockBoard().catch(() => undefined); // the bridge locks by itself a little later
  }, []);
  useEffect(() => {
    if (locked) return undefined;
    let last = performance.now();
    let told = 0;
    const touched = () => {
      last = performance.now();
      if (told !== 0 && last - told < tellEveryMs(afterMs)) return;
      told = last;
      // The bridge holds acts back when it has heard of nobody for as long as the board.
      void keepBoard().catch((error: unknown) => error instanceof Problem && error.code === 'account_board_locked' && lock());
    };
    for (const sign of signs) window.addEventListener(sign, touched, { passive: true, capture: true });
    // A machine that slept is asked when it wakes.
    const timer = setInterval(() => performance.now() - last >= afterMs && lock(), Math.min(5_000, afterMs));
    return () => {
      for (const sign of signs) window.removeEventListener(sign, touched, { capture: true });
      clearInterval(timer);
    };
  }, [locked, afterMs, lock]);
  useEffect(() => {
    const since = stored();
    if (!locked || since === null) return undefined;
    // Who signed in meanwhile, or proved himself in another window, has done it there.
    const look = async () => {
      const session = await fetchSession().catch(() => null);
      if (Date.parse(session?.proved ?? '') > since) {
        store(false);
        setLocked(false);
      }
    };
    void look();
    const timer = setInterval(() => void look(), lookEveryMs);
    return () => clearInterval(timer);
  }, [locked]);
  const unlock = useCallback(async (password: string) => {
    await proveSelf(password);
    store(false);
    setLocked(false);
  }, []);
  const unlockByPasskey = useCallback(async () => {
    await signByPasskey();
    store(false);
    setLocked(false);
  }, []);
  return { locked, lock, unlock, unlockByPasskey };
}
