import { describe, expect, it } from 'vitest';
import { contained, readSpot, writeSpot } from './pointer';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('the pointer of who presents', () => {
  it('arrives where it was', () => {
    expect(readSpot(writeSpot({ x: 0.123456, y: 1 }))).toEqual({ x: 0.1235, y: 1 });
    expect(readSpot(writeSpot(null))).toBeNull();
  });

  it('is nothing else than a place on what is shown', () => {
    for (const odd of ['', '[]', 'null', '{"x":0.5}', '{"x":-0.1,"y":0}', '{"x":"0","y":0}', '{"x":2,"y":0}', '\u0000']) {
      const read = readSpot(bytes(odd));
      expect(read === undefined || (read === null && odd === '[]')).toBe(true);
    }
  });

  it('lies on the picture and not on the bars beside it', () => {
    expect(contained({ width: 200, height: 100 }, { width: 100, height: 100 })).toEqual({ x: 50, y: 0, width: 100, height: 100 });
    expect(contained({ width: 100, height: 100 }, { width: 0, height: 0 })).toEqual({ x: 50, y: 50, width: 0, height: 0 });
  });
});
