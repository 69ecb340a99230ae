/** Where a presenter points: parts of what is shown, from the left and from the top. */
export interface Spot {
  readonly x: number;
  readonly y: number;
}

export const pointerTopic = 'diemcau.pointer';

const inside = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= 1;

const short = (value: number) => Math.round(value * 10_000) / 10_000;

export function writeSpot(spot: Spot | null): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(spot ? JSON.stringify({ x: short(spot.x), y: short(spot.y) }) : '{}');
}

/** Null when the pointer is gone; undefined for what is no pointer. */
export function readSpot(bytes: Uint8Array): Spot | null | undefined {
  try {
    const read: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof read !== 'object' || read === null) return undefined;
    if (!('x' in read) && !('y' in read)) return null;
    return 'x' in read && 'y' in read && inside(read.x) && inside(read.y) ? { x: read.x, y: read.y } : undefined;
  } catch {
    return undefined;
  }
}

/** The part of a frame that a picture fills when it is seen whole in it. */
export function contained(frame: { readonly width: number; readonly height: number }, picture: { readonly width: number; readonly height: number }) {
  const scale = picture.width > 0 && picture.height > 0 ? Math.min(frame.width / picture.width, frame.height / picture.height) : 0;
  const width = picture.width * scale;
  const height = picture.height * scale;
  return { x: (frame.width - width) / 2, y: (frame.height - height) / 2, width, height };
}
