import type { Detail, Track } from './desk';
import { lastOf } from './last';

/** What the viewer wants to see. */
export type Layout = 'seen' | 'speaker' | 'grid' | 'content' | 'one';
export const layouts: readonly Layout[] = ['seen', 'speaker', 'grid', 'content', 'one'];

/** More pictures at once are a burden for a desk machine; the rest wait. */
export const tilesAtMost = 9;
export const voicesAtMost = 9;

export interface Tile {
  readonly track: Track;
  readonly large: boolean;
}

const isVideo = (track: Track): boolean => track.type.startsWith('video/');
const at = (track: Track, time: number): boolean => track.from <= time && time < track.to;

/** Where the first picture or sound is: before it nothing was recorded that can be played. */
export function beginsAt(tracks: readonly Track[]): number {
  return Math.min(...tracks.filter((track) => isVideo(track) || track.type.startsWith('audio/')).map((track) => track.from));
}

/** How much sound is passed over to open with a picture, in ms: cameras begin a moment after microphones. */
const unseenMs = 3_000;

/** Where a recording opens: with its first picture, unless much was said before it. */
export function opensAt(tracks: readonly Track[]): number {
  const begins = beginsAt(tracks);
  const seen = Math.min(...tracks.filter(isVideo).map((track) => track.from));
  return seen - begins <= unseenMs ? seen : begins;
}

/** The newest leg of each point and kind at a time: a point that came back has two for a moment. */
function newest(tracks: readonly Track[]): Track[] {
  const by = new Map<string, Track>();
  for (const track of tracks) by.set(`${track.point ?? track.leg} ${track.screen}`, track);
  return [...by.values()];
}

/** The point that has the floor at a time, or that is or was last heard. */
export function speakerAt(detail: Detail, time: number): string | undefined {
  const speech = lastOf(detail.speeches, (each) => each.from <= time && (each.to ?? detail.length) > time);
  if (speech) return speech.point;
  const heard = detail.voices.filter((each) => each.from <= time);
  return (lastOf(heard, (each) => each.to > time) ?? heard.at(-1))?.point;
}

const tile = (track: Track | undefined, large: boolean): Tile[] => (track ? [{ track, large }] : []);

/** The tiles at a time, the large ones first. */
export function tilesAt(detail: Detail, time: number, layout: Layout, chosen: string | null): Tile[] {
  const live = newest(detail.tracks.filter((track) => isVideo(track) && at(track, time)));
  const points = live.filter((track) => !track.screen);
  const contents = live.filter((track) => track.screen);
  const speaker = speakerAt(detail, time);
  const speaking = points.find((track) => track.point === speaker) ?? points[0];
  const others = (...not: readonly (Track | undefined)[]): Tile[] => points.filter((track) => !not.includes(track)).flatMap((track) => tile(track, false));
  let tiles: Tile[];
  switch (layout) {
    case 'grid':
      tiles = [...contents.flatMap((track) => tile(track, false)), ...tile(speaking, false), ...others(speaking)];
      break;
    case 'content':
      tiles = contents.length > 0 ? [...contents.flatMap((track) => tile(track, true)), ...tile(speaking, false)] : tile(speaking, true);
      break;
    case 'one': {
      const only = points.find((track) => track.point === chosen) ?? speaking;
      tiles = tile(only, true);
      break;
    }
    case 'seen': {
      const scene = lastOf(detail.scenes, (each) => each.at <= time);
      const shown = (scene?.points ?? []).flatMap((id) => points.find((track) => track.point === id) ?? []);
      // Several points may share at once: only what the room saw counts.
      const content = scene?.content === undefined ? [] : contents.filter((track) => track.point === scene.content).slice(0, 1);
      if (shown.length > 0 || content.length > 0) {
        tiles = [...content.flatMap((track) => tile(track, true)), ...shown.flatMap((track, i) => tile(track, content.length === 0 && i === 0))];
        break;
      }
      tiles = [...contents.flatMap((track) => tile(track, true)), ...tile(speaking, contents.length === 0), ...others(speaking)];
      break;
    }
    case 'speaker':
      tiles = [...tile(speaking, true), ...contents.flatMap((track) => tile(track, false)), ...others(speaking)];
      break;
  }
  return tiles.slice(0, tilesAtMost);
}

/** What is heard: the mix of all, the voices one by one, or one point alone. */
export type Sound = 'mix' | 'voices' | { readonly point: string };

/** The tracks to be heard at a time: those that speak now or soon first. */
export function voicesAt(detail: Detail, time: number, only?: string, ahead = 8_000): Track[] {
  const live = detail.tracks.filter((track) => track.type.startsWith('audio/') && at(track, time) && (only === undefined || track.point === only));
  const next = new Map<string, number>();
  for (const voice of detail.voices) {
    if (voice.to < time - 2_000 || voice.from > time + ahead) continue;
    next.set(voice.point, Math.min(next.get(voice.point) ?? Infinity, Math.max(0, voice.from - time)));
  }
  const speaker = speakerAt(detail, time);
  const rank = (track: Track): number => (track.point === speaker ? -1 : (next.get(track.point ?? '') ?? ahead + 1));
  return live.sort((a, b) => rank(a) - rank(b) || a.leg - b.leg).slice(0, voicesAtMost);
}
