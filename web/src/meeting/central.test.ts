import { describe, expect, test } from 'vitest';
import { centralLayout, shownContent } from './central';

const points = ['LG-00/point', 'LG-X1/point', 'LG-X2/point'];
const tiles = { points, contents: [], contentElsewhere: false };

describe('the layout chosen centrally', () => {
  test('CON-04 fills the screen with the point that was invited', () => {
    expect(centralLayout({ layout: 'toan-man-hinh', tiles: ['LG-X1'] }, tiles)).toEqual({ kind: 'speaker', main: 'LG-X1/point', strip: [], more: 0 });
  });

  test('CON-10 leaves no hole for a point that is not here', () => {
    const grid = centralLayout({ layout: 'luoi-4', tiles: ['LG-X1', 'gone', 'LG-00'] }, tiles);
    expect(grid).toMatchObject({ kind: 'grid', tiles: ['LG-X1/point', 'LG-00/point'] });
    expect(centralLayout({ layout: 'toan-man-hinh', tiles: ['gone'] }, tiles)).toMatchObject({ main: 'LG-00/point' });
  });

  test('CON-11 shows content and speaker together on one screen, people only when content has its own window', () => {
    const screen = { layout: 'toan-man-hinh', tiles: ['LG-X1'], content: 'LG-X1' } as const;
    const contents = ['LG-X1/content'];
    expect(centralLayout(screen, { ...tiles, contents })).toMatchObject({ kind: 'content', content: 'LG-X1/content', speaker: 'LG-X1/point' });
    expect(centralLayout(screen, { ...tiles, contents, contentElsewhere: true })).toMatchObject({ kind: 'speaker', main: 'LG-X1/point' });
  });

  test('CON-16 leaves no hole for content that is not shown now, as during a ceremony', () => {
    expect(centralLayout({ layout: 'toan-man-hinh', tiles: ['LG-00'] }, { ...tiles, contents: ['LG-00/content'] })).toMatchObject({ kind: 'speaker', main: 'LG-00/point' });
  });

  test('CON-11 gives the window of the content what was chosen, not who shared first', () => {
    const contents = [{ id: 'LG-X1/content' }, { id: 'LG-X2/content' }];
    const screen = { layout: 'toan-man-hinh', tiles: [] } as const;
    expect(shownContent({ ...screen, content: 'LG-X2' }, contents)?.id).toBe('LG-X2/content');
    expect(shownContent({ ...screen, content: 'gone' }, contents)).toBeUndefined();
    expect(shownContent(screen, contents)).toBeUndefined();
    expect(shownContent(undefined, contents)?.id).toBe('LG-X1/content');
  });
});
