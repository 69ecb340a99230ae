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

const movable = { pan: true, tilt: true, zoom: true } as const;
let allowed = false;

/** What is asked for beside the picture. Only where it is allowed already: a room that starts by itself has nobody to answer a question. */
export const movement = (): Partial<typeof movable> => (allowed ? movable : {});

export const mayAskToMove = (): boolean => !allowed && (navigator.mediaDevices?.getSupportedConstraints() as Record<string, unknown> | undefined)?.['pan'] === true;

/** Learns, without asking anybody, whether pages may move cameras here. */
export async function learnMovement(): Promise<boolean> {
  try {
    const status = await navigator.permissions.query({ name: 'camera', panTiltZoom: true } as unknown as PermissionDescriptor);
    allowed = status.state === 'granted';
  } catch {
    allowed = false; // a browser that does not know the question moves no camera
  }
  return allowed;
}

/** Asks the person at the machine. */
export async function askToMove(): Promise<boolean> {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ video: movable as MediaTrackConstraints });
    for (const track of stream.getTracks()) track.stop();
  } catch {
    return false;
  }
  return learnMovement();
}

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
