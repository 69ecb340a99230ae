import { useCallback, useEffect, useReducer, useRef, useState, type RefObject } from 'react';
import { commandOf, isTyping, type Command } from '../../meeting/keys';
import { changeScreen, firstScreen, type Screen, type ScreenChange } from '../../meeting/screen';

/** The screen's layout, which follows content as it comes and goes. */
export function useScreen(hasContent: boolean): [Screen, (change: ScreenChange) => void] {
  const [screen, turn] = useReducer(changeScreen, firstScreen);
  useEffect(() => turn({ kind: hasContent ? 'contentOn' : 'contentOff' }), [hasContent]);
  return [screen, turn];
}

export function useCommands(active: boolean, commands: Readonly<Record<Command, () => void>>): void {
  const latest = useRef(commands);
  useEffect(() => {
    latest.current = commands;
  });
  useEffect(() => {
    if (!active) return undefined;
    const press = (event: KeyboardEvent) => {
      const command = commandOf(event, isTyping(event.target));
      if (!command) return;
      event.preventDefault();
      latest.current[command]();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [active]);
}

export function useFullscreen(element: RefObject<HTMLElement | null>): [boolean, () => void] {
  const [full, setFull] = useState(false);
  useEffect(() => {
    const changed = () => setFull(document.fullscreenElement !== null);
    document.addEventListener('fullscreenchange', changed);
    return () => document.removeEventListener('fullscreenchange', changed);
  }, []);
  const toggle = useCallback(() => {
    // The whole document, so that dialogues, which hang outside the page element, stay visible.
    const wish = document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
    wish.catch(() => element.current?.focus());
  }, [element]);
  return [full, toggle];
}

/** A room's screen must not go dark in a meeting. The lock is lost whenever the page is hidden. */
export function useWakeLock(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | null = null;
    let over = false;
    const hold = async () => {
      if (document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return;
      try {
        const fresh = await navigator.wakeLock.request('screen');
        if (over) await fresh.release();
        else lock = fresh;
      } catch {
        // On battery saving the browser refuses; nothing else can be done.
      }
    };
    const visible = () => void hold();
    void hold();
    document.addEventListener('visibilitychange', visible);
    return () => {
      over = true;
      document.removeEventListener('visibilitychange', visible);
      void lock?.release();
    };
  }, []);
}
