import type { RouterHistory } from '@tanstack/react-router';

/** The address bar, as far as the way into a meeting needs it. */
export interface Ways {
  /** The meeting that the address names, when it is a room's page. */
  readonly room: () => string | null;
  readonly toRoom: (room: string) => void;
  readonly subscribe: (listener: () => void) => () => void;
}

export function roomOf(path: string): string | null {
  const room = /^\/hop\/([^/]+)\/?$/.exec(path)?.[1];
  if (room === undefined) return null;
  try {
    return decodeURIComponent(room);
  } catch {
    return null;
  }
}

export function waysOf(history: RouterHistory): Ways {
  return {
    room: () => roomOf(history.location.pathname),
    toRoom: (room) => history.push(`/hop/${encodeURIComponent(room)}`),
    subscribe: (listener) => history.subscribe(listener),
  };
}
