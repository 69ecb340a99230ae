import type { Store } from '../app/store';

/**
 * The window of the second screen (CON-11) shows what this one receives: it is opened by it, asks it for the picture
 * and has no connection of its own.
 */
export interface ContentDoor {
  readonly picture: Store<ContentPicture>;
}

export interface ContentPicture {
  readonly stream: MediaStream | null;
  readonly name: string;
}

const key = 'diemcauContent';

export function offerContent(view: Window, door: ContentDoor): void {
  Reflect.set(view, key, door);
}

/** The door of the window that opened this one; null when it is gone or of another page. */
export function contentDoor(opener: unknown): ContentDoor | null {
  try {
    if (typeof opener !== 'object' || opener === null) return null;
    const door: unknown = Reflect.get(opener, key);
    return typeof door === 'object' && door !== null && 'picture' in door ? (door as ContentDoor) : null;
  } catch {
    return null;
  }
}
