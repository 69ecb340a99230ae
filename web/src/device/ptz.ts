/** Cameras that turn and zoom by themselves, where the browser lets pages move them (Chromium does, after it asked). */

export const axes = ['pan', 'tilt', 'zoom'] as const;
export type Axis = (typeof axes)[number];

interface Range {
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

export type Reach = Readonly<Partial<Record<Axis, Range>>>;
export type Aim = Readonly<Partial<Record<Axis, number>>>;

/** Asks for the right to move the camera too; a camera that cannot be moved is given all the same. */
export const movable = { pan: true, tilt: true, zoom: true } as const;

function isRange(value: unknown): value is Range {
  if (typeof value !== 'object' || value === null) return false;
  const { min, max, step } = value as Record<string, unknown>;
  return typeof min === 'number' && typeof max === 'number' && typeof step === 'number' && max > min;
}

/** How far the camera can be moved; null for one that stands still. */
export function reachOf(track: MediaStreamTrack | null | undefined): Reach | null {
  const capabilities = (track?.getCapabilities?.() ?? {}) as Record<string, unknown>;
  const reach = Object.fromEntries(axes.flatMap((axis) => (isRange(capabilities[axis]) ? [[axis, capabilities[axis]]] : []))) as Reach;
  return Object.keys(reach).length > 0 ? reach : null;
}

export function aimOf(track: MediaStreamTrack): Aim {
  const settings = track.getSettings() as Record<string, unknown>;
  return Object.fromEntries(axes.flatMap((axis) => (typeof settings[axis] === 'number' ? [[axis, settings[axis]]] : [])));
}

const steps = 20;

/** One press further along an axis, on a step that the camera knows and never past its end. */
export function nudged(reach: Reach, aim: Aim, axis: Axis, way: 1 | -1): Aim {
  const range = reach[axis];
  if (!range) return aim;
  const step = range.step > 0 ? range.step : 1;
  const stride = Math.max(step, Math.round((range.max - range.min) / steps / step) * step);
  const wanted = (aim[axis] ?? range.min) + way * stride;
  return { ...aim, [axis]: Math.min(range.max, Math.max(range.min, wanted)) };
}

export async function aimAt(track: MediaStreamTrack, aim: Aim): Promise<void> {
  await track.applyConstraints({ advanced: [aim as MediaTrackConstraintSet] });
}
