/** Where tiles go. Pure: sizes in, rectangles out, all in CSS pixels. */

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface TileShape {
  readonly gap: number;
  /**
   * A tile may be narrower or wider than its camera's picture: a little is cropped rather than a hole left. Never more
   * than a tenth: a point is a table full of people, and those at its ends would be cut away.
   */
  readonly narrowest: number;
  readonly widest: number;
}

export const tileShape: TileShape = { gap: 8, narrowest: 1.6, widest: 1.9 };

/** A picture may lose this part of its length or height; a telephone held upright would lose two thirds of the room. */
const mostCropped = 1 / 3;

/** Whether filling the tile would cut away so much of the picture that bars beside it are better. */
export function showsWhole(tile: Cell, picture: Cell): boolean {
  if (picture.width <= 0 || picture.height <= 0 || tile.width <= 0 || tile.height <= 0) return false;
  const [a, b] = [tile.width / tile.height, picture.width / picture.height];
  return Math.min(a / b, b / a) < 1 - mostCropped;
}

interface Cell {
  readonly width: number;
  readonly height: number;
}

function largestTile(width: number, height: number, shape: TileShape): Cell {
  const ratio = width / height;
  if (ratio > shape.widest) return { width: height * shape.widest, height };
  if (ratio < shape.narrowest) return { width, height: width / shape.narrowest };
  return { width, height };
}

/** Tiles per row, as even as can be, the longer rows first: 7 in three rows are 3, 2, 2 and never 3, 3, 1. */
export function rowLengths(count: number, rows: number): number[] {
  const short = Math.floor(count / rows);
  const longer = count % rows;
  return Array.from({ length: rows }, (_, row) => short + (row < longer ? 1 : 0));
}

/** Rows of one length are calmer: for them a tile may be this much smaller. */
const calm = 0.88;

function bestRows(count: number, area: Rect, shape: TileShape): { rows: number; tile: Cell } {
  let best = { rows: 1, tile: { width: 0, height: 0 }, worth: 0 };
  for (let rows = 1; rows <= count; rows++) {
    const columns = Math.ceil(count / rows);
    const width = (area.width - shape.gap * (columns - 1)) / columns;
    const height = (area.height - shape.gap * (rows - 1)) / rows;
    if (width <= 0 || height <= 0) continue;
    const tile = largestTile(width, height, shape);
    const worth = tile.width * tile.height * (count % rows === 0 ? 1 : calm);
    if (worth > best.worth * 1.001) best = { rows, tile, worth };
  }
  return best;
}

/** The largest equal tiles that fit; every row is centred, and so is the whole. */
export function gridRects(count: number, area: Rect, shape: TileShape = tileShape): Rect[] {
  if (count <= 0 || area.width <= 0 || area.height <= 0) return [];
  const { rows, tile } = bestRows(count, area, shape);
  const used = rows * tile.height + (rows - 1) * shape.gap;
  const top = area.y + (area.height - used) / 2;
  return rowLengths(count, rows).flatMap((length, row) => {
    const rowWidth = length * tile.width + (length - 1) * shape.gap;
    const left = area.x + (area.width - rowWidth) / 2;
    return Array.from({ length }, (_, column) => ({
      x: left + column * (tile.width + shape.gap),
      y: top + row * (tile.height + shape.gap),
      width: tile.width,
      height: tile.height,
    }));
  });
}

export interface SplitRects {
  readonly main: Rect;
  readonly rest: Rect[];
}

/** Cuts a strip off the longer side of the area. */
function split(area: Rect, share: number, gap: number): { main: Rect; strip: Rect } {
  if (area.width >= area.height * 1.1) {
    const width = Math.round(area.width * share);
    return {
      main: { ...area, width: area.width - width - gap },
      strip: { ...area, x: area.x + area.width - width, width },
    };
  }
  const height = Math.round(area.height * share);
  return {
    main: { ...area, height: area.height - height - gap },
    strip: { ...area, y: area.y + area.height - height, height },
  };
}

/** One large tile and the others in a strip beside it, or below it on an upright screen. */
export function speakerRects(others: number, area: Rect, shape: TileShape = tileShape): SplitRects {
  if (others <= 0) return { main: gridRects(1, area, shape)[0] ?? area, rest: [] };
  const { main, strip } = split(area, others > 5 ? 0.24 : 0.2, shape.gap);
  return { main: gridRects(1, main, shape)[0] ?? main, rest: gridRects(others, strip, shape) };
}

export interface ContentRects {
  readonly content: Rect;
  readonly speaker: Rect | null;
  readonly rest: Rect[];
}

/** The content as large as can be; beside it the speaker, and the others under the speaker. */
export function contentRects(others: number, speaker: boolean, area: Rect, shape: TileShape = tileShape): ContentRects {
  if (!speaker && others <= 0) return { content: area, speaker: null, rest: [] };
  const { main, strip } = split(area, 0.25, shape.gap);
  if (!speaker) return { content: main, speaker: null, rest: gridRects(others, strip, shape) };
  if (others <= 0) return { content: main, speaker: gridRects(1, strip, shape)[0] ?? strip, rest: [] };
  const beside = strip.height > strip.width;
  const head: Rect = beside
    ? { ...strip, height: Math.min(strip.width / (16 / 9), (strip.height - shape.gap) / 2) }
    : { ...strip, width: Math.min(strip.height * (16 / 9), (strip.width - shape.gap) / 2) };
  const tail: Rect = beside
    ? { ...strip, y: strip.y + head.height + shape.gap, height: strip.height - head.height - shape.gap }
    : { ...strip, x: strip.x + head.width + shape.gap, width: strip.width - head.width - shape.gap };
  const large = gridRects(1, head, shape)[0] ?? head;
  // Nobody stands larger beside the content than who speaks, and one alone stands right beside him.
  const next: Rect = beside ? { ...large, y: large.y + large.height + shape.gap } : { ...large, x: large.x + large.width + shape.gap };
  return { content: main, speaker: large, rest: others === 1 ? [next] : gridRects(others, tail, shape) };
}
