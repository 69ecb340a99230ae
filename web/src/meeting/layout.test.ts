import { describe, expect, it } from 'vitest';
import { chooseLayout, gridPageSize, nextWish, stripLength, type LayoutInput } from './layout';
import { arrange, changeScreen, firstScreen } from './screen';

const points = (count: number) => [...Array.from({ length: count - 1 }, (_, index) => `p${index}`), 'own'];

function input(part: Partial<LayoutInput>): LayoutInput {
  return { wish: 'grid', points: points(4), own: 'own', contents: [], speaker: null, page: 0, ...part };
}

describe('the grid', () => {
  it('CON-10 has a tile for each point that is present and none for others', () => {
    expect(chooseLayout(input({}))).toEqual({ kind: 'grid', tiles: ['p0', 'p1', 'p2', 'own'], page: 0, pages: 1 });
  });

  it('fills its last page', () => {
    const layout = chooseLayout(input({ points: points(30), page: 1 }));
    expect(layout.kind === 'grid' && layout.tiles.length).toBe(gridPageSize);
    expect(layout.kind === 'grid' && layout.pages).toBe(2);
    expect(layout.kind === 'grid' && layout.tiles.at(-1)).toBe('own');
  });

  it('comes back to a page that exists when points leave', () => {
    const layout = chooseLayout(input({ points: points(3), page: 4 }));
    expect(layout.kind === 'grid' && layout.page).toBe(0);
  });
});

describe('the speaker layout', () => {
  it('shows who speaks and keeps the strip in its order', () => {
    expect(chooseLayout(input({ wish: 'speaker', speaker: 'p1' }))).toEqual({
      kind: 'speaker',
      main: 'p1',
      strip: ['p0', 'p2', 'own'],
      more: 0,
    });
  });

  it('shows another point before this one while nobody has spoken, and this one alone', () => {
    expect(chooseLayout(input({ wish: 'speaker' }))).toMatchObject({ main: 'p0' });
    expect(chooseLayout(input({ wish: 'speaker', points: ['own'] }))).toMatchObject({ main: 'own', strip: [] });
  });

  it('counts the points that do not fit', () => {
    expect(chooseLayout(input({ wish: 'speaker', points: points(40) }))).toMatchObject({ more: 39 - stripLength });
  });

  it('does not show a speaker who has left', () => {
    expect(chooseLayout(input({ wish: 'speaker', speaker: 'gone' }))).toMatchObject({ main: 'p0' });
  });
});

describe('content', () => {
  it('CON-11 is shown with the speaker', () => {
    const layout = chooseLayout(input({ wish: 'content', contents: ['c'], speaker: 'p2' }));
    expect(layout).toMatchObject({ kind: 'content', content: 'c', speaker: 'p2', strip: ['p0', 'p1', 'own'] });
  });

  it('falls back to the grid in the moment that it ends', () => {
    expect(chooseLayout(input({ wish: 'content' })).kind).toBe('grid');
  });

  it('comes up by itself and gives way to the layout before', () => {
    let screen = changeScreen(firstScreen, { kind: 'next', hasContent: false });
    expect(screen.wish).toBe('speaker');
    screen = changeScreen(screen, { kind: 'contentOn' });
    expect(screen.wish).toBe('content');
    screen = changeScreen(screen, { kind: 'contentOff' });
    expect(screen.wish).toBe('speaker');
  });

  it('leaves the layout that was chosen while it was shown', () => {
    let screen = changeScreen(firstScreen, { kind: 'contentOn' });
    screen = changeScreen(screen, { kind: 'next', hasContent: true });
    expect(screen.wish).toBe('grid');
    expect(changeScreen(screen, { kind: 'contentOff' }).wish).toBe('grid');
  });
});

describe('the key L', () => {
  it('walks through the layouts that make sense', () => {
    expect(nextWish('grid', false)).toBe('speaker');
    expect(nextWish('speaker', false)).toBe('grid');
    expect(nextWish('content', true)).toBe('grid');
    expect(nextWish('speaker', true)).toBe('content');
    expect(nextWish('content', false)).toBe('grid');
  });
});

describe('arranging', () => {
  it('places every tile of the layout exactly once', () => {
    for (const wish of ['grid', 'speaker', 'content'] as const) {
      const { layout, placed } = arrange(input({ wish, contents: ['c'] }), { x: 0, y: 0, width: 1200, height: 600 });
      expect(layout.kind).toBe(wish);
      expect(placed.map((tile) => tile.id).sort()).toEqual(['c', 'own', 'p0', 'p1', 'p2']);
    }
  });
});
