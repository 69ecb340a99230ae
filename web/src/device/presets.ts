import { axes, type Aim } from './ptz';

/** Places where a room's camera looks ("vị trí đặt sẵn"): kept on its machine, for each camera. */

export const presetCount = 6;

export type Presets = readonly (Aim | null)[];

const none: Presets = Array.from({ length: presetCount }, () => null);
const key = (camera: string) => `diemcau.presets.${camera}`;

function readAim(value: unknown): Aim | null {
  if (typeof value !== 'object' || value === null) return null;
  const entries = axes.flatMap((axis) => {
    const at: unknown = (value as Record<string, unknown>)[axis];
    return typeof at === 'number' && Number.isFinite(at) ? [[axis, at] as const] : [];
  });
  return entries.length > 0 ? Object.fromEntries(entries) : null;
}

export function parsePresets(text: string | null): Presets {
  try {
    const stored: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(stored) ? none.map((_, place) => readAim(stored[place])) : none;
  } catch {
    return none;
  }
}

export function loadPresets(camera: string): Presets {
  try {
    return parsePresets(localStorage.getItem(key(camera)));
  } catch {
    return none; // storage may be forbidden; the camera can be moved without
  }
}

export function withPreset(presets: Presets, place: number, aim: Aim): Presets {
  return presets.map((each, index) => (index === place ? aim : each));
}

export function savePresets(camera: string, presets: Presets): void {
  try {
    localStorage.setItem(key(camera), JSON.stringify(presets));
  } catch {
    // as above
  }
}
