import { contentRects, gridRects, speakerRects, type Rect } from './geometry';
import { chooseLayout, nextWish, type Layout, type LayoutInput, type LayoutWish } from './layout';

/** What this room wants to see. Content comes up by itself and gives way to the former layout when it ends. */
export interface Screen {
  readonly wish: LayoutWish;
  readonly wishWithoutContent: 'grid' | 'speaker';
  readonly page: number;
}

export type ScreenChange =
  | { readonly kind: 'contentOn' }
  | { readonly kind: 'contentOff' }
  | { readonly kind: 'next'; readonly hasContent: boolean }
  | { readonly kind: 'page'; readonly by: 1 | -1; readonly pages: number };

export const firstScreen: Screen = { wish: 'grid', wishWithoutContent: 'grid', page: 0 };

export function changeScreen(screen: Screen, change: ScreenChange): Screen {
  switch (change.kind) {
    case 'contentOn':
      return { ...screen, wish: 'content' };
    case 'contentOff':
      return { ...screen, wish: screen.wish === 'content' ? screen.wishWithoutContent : screen.wish };
    case 'next': {
      const wish = nextWish(screen.wish, change.hasContent);
      return { wish, wishWithoutContent: wish === 'content' ? screen.wishWithoutContent : wish, page: 0 };
    }
    case 'page':
      return { ...screen, page: Math.min(Math.max(screen.page + change.by, 0), change.pages - 1) };
  }
}

export type TileRole = 'equal' | 'main' | 'content' | 'strip';

export interface Placed {
  readonly id: string;
  readonly role: TileRole;
  readonly rect: Rect;
}

function place(ids: readonly string[], rects: readonly Rect[], role: TileRole): Placed[] {
  return ids.flatMap((id, index) => {
    const rect = rects[index];
    return rect ? [{ id, role, rect }] : [];
  });
}

export function placeTiles(layout: Layout, area: Rect): Placed[] {
  switch (layout.kind) {
    case 'grid':
      return place(layout.tiles, gridRects(layout.tiles.length, area), 'equal');
    case 'speaker': {
      const rects = speakerRects(layout.strip.length, area);
      return [{ id: layout.main, role: 'main', rect: rects.main }, ...place(layout.strip, rects.rest, 'strip')];
    }
    case 'content': {
      const { speaker } = layout;
      const rects = contentRects(layout.strip.length, speaker !== null, area);
      return [
        { id: layout.content, role: 'content', rect: rects.content },
        ...(speaker !== null && rects.speaker ? [{ id: speaker, role: 'main' as const, rect: rects.speaker }] : []),
        ...place(layout.strip, rects.rest, 'strip'),
      ];
    }
  }
}

export function arrange(input: LayoutInput, area: Rect): { layout: Layout; placed: Placed[] } {
  const layout = chooseLayout(input);
  return { layout, placed: placeTiles(layout, area) };
}
