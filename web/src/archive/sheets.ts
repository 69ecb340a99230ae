import type { Detail } from './desk';
import type { Cue, Dossier, FileLine, Spot } from './dossier';
import { plain } from './keeping';
import { pointName } from './lanes';

/** One line beside the picture: it opens the recording at its second. */
export interface Entry {
  readonly key: string;
  /** Milliseconds in this recording; null for what happened while it did not run. */
  readonly at: number | null;
  readonly to: number | null;
  /** The other recording of the meeting that it is in. */
  readonly elsewhere?: Spot;
  readonly kind: string;
  readonly title: string;
  readonly text: string;
}

export const sheetNames = ['chapters', 'minutes', 'results', 'chat', 'spoken'] as const;
export type SheetName = (typeof sheetNames)[number];
export type Sheets = Readonly<Record<SheetName, readonly Entry[]>>;
type Bare = Omit<Entry, 'key'>;

/** Lines are never moved: their place is their name. */
const named = (all: readonly Bare[]): readonly Entry[] => all.map((each, i) => ({ ...each, key: `${i} ${each.at ?? ''}` }));

/** A moment without an end counts as being played this long. */
const momentMs: Readonly<Record<SheetName, number>> = { chapters: 15_000, minutes: 30_000, results: 60_000, chat: 30_000, spoken: 5_000 };

const join = (...parts: readonly (string | undefined)[]): string => parts.filter((part) => part !== undefined && part !== '').join(' — ');

function placed(detail: Detail, spot: Spot | undefined): Pick<Entry, 'at' | 'to' | 'elsewhere'> {
  if (!spot) return { at: null, to: null };
  if (spot.recording !== detail.id) return { at: null, to: null, elsewhere: spot };
  return { at: spot.at, to: spot.to ?? null };
}

function chapters(detail: Detail): Bare[] {
  return [
    ...detail.chapters.map((each) => ({ at: each.from, to: each.to ?? (each.kind === 'mark' ? null : detail.length), kind: each.kind, title: each.title, text: '' })),
    ...detail.speeches.map((each) => ({ at: each.from, to: each.to ?? detail.length, kind: 'speaker', title: join(each.name, pointName(detail, each.point)), text: each.topic ?? '' })),
  ].sort((a, b) => a.at - b.at || Number(a.kind === 'speaker') - Number(b.kind === 'speaker'));
}

const line = (detail: Detail, each: FileLine): Bare => ({ ...placed(detail, each.place), kind: each.kind, title: each.kind === 'speech' ? (each.who ?? '') : (each.title ?? ''), text: join(each.kind === 'speech' ? each.title : undefined, each.text) });

/** All lines by the sheet that they stand on. */
export function sheetsOf(detail: Detail, file: Dossier | undefined, cues: readonly Cue[], result: (vote: Dossier['votes'][number]) => string): Sheets {
  const votes = (file?.votes ?? []).map((each) => ({ ...placed(detail, each.place), kind: 'vote', title: each.title, text: result(each) }));
  const conclusions = (file?.conclusions ?? []).map((each) => ({ ...placed(detail, each.place), kind: 'conclusion', title: each.content, text: join(each.lead, ...(each.support ?? [])) }));
  return {
    chapters: named(chapters(detail)),
    minutes: named((file?.minutes?.lines ?? []).map((each) => line(detail, each))),
    results: named([...conclusions, ...votes]),
    chat: named((file?.chat ?? []).map((each) => ({ ...placed(detail, each.place), kind: each.text === undefined ? 'withdrawn' : 'chat', title: each.who ?? '', text: each.text ?? '' }))),
    spoken: named(cues.map((each) => ({ at: each.at, to: each.to, kind: 'spoken', title: each.who ?? '', text: each.text }))),
  };
}

/** The lines that have all words, with or without their tone marks. */
export function chosenOf(entries: readonly Entry[], words: string): readonly Entry[] {
  const asked = plain(words).split(/\s+/).filter(Boolean);
  if (asked.length === 0) return entries;
  return entries.filter((each) => {
    const said = plain(`${each.title} ${each.text}`);
    return asked.every((word) => said.includes(word));
  });
}

export const isPlayed = (sheet: SheetName, { at, to }: Entry, time: number): boolean => at !== null && at <= time && time < (to ?? at + momentMs[sheet]);
