import { describe, expect, test } from 'vitest';
import { loadPresets, parsePresets, presetCount, withPreset } from './presets';
import { nudged, reachOf, type Reach } from './ptz';

const track = (capabilities: object) => ({ getCapabilities: () => capabilities }) as unknown as MediaStreamTrack;
const reach: Reach = { pan: { min: -180, max: 180, step: 1 }, zoom: { min: 100, max: 400, step: 50 } };

describe('a camera that turns', () => {
  test('is told from one that stands still, whatever the browser says of itself', () => {
    expect(reachOf(track(reach))).toEqual(reach);
    for (const odd of [{}, { pan: true, zoom: {} }, { zoom: { min: 1, max: 1, step: 0 } }]) expect(reachOf(track(odd))).toBeNull();
    expect(reachOf({} as MediaStreamTrack)).toBeNull();
    expect(reachOf(null)).toBeNull();
  });

  test('moves by whole steps and not past its end', () => {
    expect(nudged(reach, { pan: 0, zoom: 100 }, 'pan', 1)).toEqual({ pan: 18, zoom: 100 });
    expect(nudged(reach, { pan: 175 }, 'pan', 1).pan).toBe(180);
    expect(nudged(reach, { zoom: 100 }, 'zoom', 1).zoom).toBe(150);
    expect(nudged(reach, { zoom: 100 }, 'zoom', -1).zoom).toBe(100);
    expect(nudged(reach, { pan: 3 }, 'tilt', 1)).toEqual({ pan: 3 });
  });
});

describe('presets', () => {
  test('survive what was stored, also nonsense', () => {
    const stored = withPreset(parsePresets(null), 2, { pan: 10, zoom: 200 });
    expect(parsePresets(JSON.stringify(stored))).toEqual(stored);
    for (const odd of ['{', '{}', '7', '["x",{"pan":"1"}]', null]) expect(parsePresets(odd)).toEqual(Array.from({ length: presetCount }, () => null));
    expect(loadPresets('none')).toHaveLength(presetCount);
  });
});
