/** Which tiles are on screen and in what role. Absent points have no tile, so no layout can leave a hole. */

export type LayoutWish = 'grid' | 'speaker' | 'content';

export type Layout =
  | { readonly kind: 'grid'; readonly tiles: readonly string[]; readonly page: number; readonly pages: number }
  | { readonly kind: 'speaker'; readonly main: string; readonly strip: readonly string[]; readonly more: number }
  | {
      readonly kind: 'content';
      readonly content: string;
      readonly speaker: string | null;
      readonly strip: readonly string[];
      readonly more: number;
    };

export interface LayoutInput {
  readonly wish: LayoutWish;
  /** Tile ids of the points, in a steady order, this point last. */
  readonly points: readonly string[];
  readonly own: string;
  readonly contents: readonly string[];
  /** Tile id of the point that is shown large. */
  readonly speaker: string | null;
  readonly page: number;
}

export const gridPageSize = 25;
export const stripLength = 8;
const contentStripLength = 6;

/** The wishes that make sense now, in the order that the key L walks. */
export function possibleWishes(hasContent: boolean): LayoutWish[] {
  return hasContent ? ['content', 'grid', 'speaker'] : ['grid', 'speaker'];
}

export function nextWish(wish: LayoutWish, hasContent: boolean): LayoutWish {
  const wishes = possibleWishes(hasContent);
  return wishes[(wishes.indexOf(wish) + 1) % wishes.length] ?? 'grid';
}

function strip(tiles: readonly string[], length: number): { strip: readonly string[]; more: number } {
  return { strip: tiles.slice(0, length), more: Math.max(0, tiles.length - length) };
}

function grid(tiles: readonly string[], page: number): Layout {
  const pages = Math.max(1, Math.ceil(tiles.length / gridPageSize));
  const shown = Math.min(Math.max(page, 0), pages - 1);
  // The last page is filled up with tiles of the one before it.
  const start = Math.max(0, Math.min(shown * gridPageSize, tiles.length - gridPageSize));
  return { kind: 'grid', tiles: tiles.slice(start, start + gridPageSize), page: shown, pages };
}

export function chooseLayout({ wish, points, own, contents, speaker, page }: LayoutInput): Layout {
  const large = speaker !== null && points.includes(speaker) ? speaker : (points.find((id) => id !== own) ?? own);
  const content = contents[0];
  if (wish === 'content' && content !== undefined) {
    const rest = [...contents.slice(1), ...points.filter((id) => id !== large)];
    return { kind: 'content', content, speaker: large, ...strip(rest, contentStripLength) };
  }
  const all = [...contents, ...points];
  if (wish === 'speaker') {
    return { kind: 'speaker', main: large, ...strip(all.filter((id) => id !== large), stripLength) };
  }
  return grid(all, page);
}
