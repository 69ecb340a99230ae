import { describe, expect, it } from 'vitest';
import { isDrawable, readable, turned } from './list';
import { scaleOf, sharpness } from './paper-book';

const a4 = { width: 595, height: 842 };

describe('a page in its frame', () => {
  it('is seen whole, or at full width', () => {
    expect(scaleOf(a4, { width: 1190, height: 842 }, 'page')).toBeCloseTo(1);
    expect(scaleOf(a4, { width: 1190, height: 842 }, 'width')).toBeCloseTo(2);
  });

  it('is as sharp as the screen, unless it would not fit the memory', () => {
    expect(sharpness(a4, 1, 2)).toBe(2);
    const huge = sharpness({ width: 10_000, height: 10_000 }, 1, 2);
    expect(10_000 * huge * 10_000 * huge).toBeLessThanOrEqual(25_000_001);
    expect(huge).toBeLessThan(2);
  });

  it('turns between the first and the last', () => {
    expect(turned('PageDown', 1, 3)).toBe(2);
    expect(turned('ArrowLeft', 1, 3)).toBe(1);
    expect(turned('End', 1, 3)).toBe(3);
    expect(turned('Home', 3, 3)).toBe(1);
    expect(turned('x', 1, 3)).toBeNull();
  });
});

const paper = (name: string, more = {}) => ({ id: name, item: '', name, size: 1, ...more });

describe('papers', () => {
  it('SCH-04 are read while they are open to this reader, and never after the recall', () => {
    const now = Date.parse('2026-12-03T07:00:00Z');
    expect(readable(paper('a.pdf'), now)).toBe(true);
    expect(readable(paper('a.pdf', { recalled: '2026-12-03T06:00:00Z' }), now)).toBe(false);
    expect(readable(paper('a.pdf', { from: '2026-12-03T08:00:00Z' }), now)).toBe(false);
    expect(readable(paper('a.pdf', { until: '2026-12-03T07:00:00Z' }), now)).toBe(false);
    expect(readable(undefined, now)).toBe(false);
  });

  it('are drawn here when they are PDF, and given to be saved otherwise', () => {
    expect(isDrawable(paper('Báo cáo.PDF'))).toBe(true);
    expect(isDrawable(paper('pdf.docx'))).toBe(false);
  });
});
