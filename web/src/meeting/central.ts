import type { ScreenState } from '../conduct/state';
import { gridPageSize, stripLength, type Layout } from './layout';
import { contentTile, pointTile } from './snapshot';

/** The layout that was chosen centrally (CON-10), made of the tiles that are really here. */

interface Tiles {
  /** Tile ids of the points that are connected, this point last. */
  readonly points: readonly string[];
  readonly contents: readonly string[];
  /** Content has a window of its own: this one shows people only (CON-11). */
  readonly contentElsewhere: boolean;
}

/** The content that is shown to all: where a meeting is conducted the chosen one or none, elsewhere that of who shared first. */
export function shownContent<T extends { readonly id: string }>(screen: ScreenState | undefined, contents: readonly T[]): T | undefined {
  if (screen === undefined) return contents[0];
  const { content } = screen;
  return content === undefined ? undefined : contents.find((tile) => tile.id === contentTile(content));
}

/** The place of a paper that everybody reads. */
export const paperTile = 'paper';

export function centralLayout(screen: ScreenState, { points, contents, contentElsewhere }: Tiles): Layout {
  const here = screen.tiles.map(pointTile).filter((id) => points.includes(id));
  // The bridge may name a point a moment before its picture is here; a hole is never shown.
  const shown = here.length > 0 ? here : points.slice(0, 1);
  const main = shown[0] ?? '';
  if (screen.paper) return { kind: 'content', content: paperTile, speaker: main === '' ? null : main, strip: shown.slice(1, 2), more: 0 };
  // What was not chosen is sent to nobody: its tile would be a hole.
  const wanted = screen.content === undefined ? null : contentTile(screen.content);
  const content = wanted !== null && contents.includes(wanted) && !contentElsewhere ? wanted : null;
  // One screen shows the content without hiding the speaker.
  if (content !== null) return { kind: 'content', content, speaker: main === '' ? null : main, strip: shown.slice(1, 2), more: 0 };
  switch (screen.layout) {
    case 'toan-man-hinh':
      return { kind: 'speaker', main, strip: [], more: 0 };
    case 'phat-bieu-dai':
      return { kind: 'speaker', main, strip: shown.slice(1, 1 + stripLength), more: 0 };
    default:
      return { kind: 'grid', tiles: shown.slice(0, gridPageSize), page: 0, pages: 1 };
  }
}
