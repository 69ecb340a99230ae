import { call, get, send } from '../api/call';
import { fetchPoints } from '../api/meetings';
import { dayOf } from '../i18n/clock';
import type { Redaction } from './redaction';

/** The archivist's part of the API. Names are those of recording/replay; times are milliseconds since a recording began. */

export interface Hit {
  readonly at: number;
  readonly kind: string;
  readonly text: string;
}

export interface Line {
  readonly id: string;
  readonly title: string;
  readonly begun: string;
  readonly length: number;
  readonly bytes: number;
  readonly points: number;
  readonly sealed: boolean;
  readonly flawed: boolean;
  readonly running: boolean;
  /** The recording of which this is a redacted version. */
  readonly origin?: string;
}

export interface Found extends Line {
  readonly hits: readonly Hit[];
}

export interface Track {
  readonly leg: number;
  readonly point?: string;
  readonly name?: string;
  readonly screen: boolean;
  readonly codec: string;
  readonly type: string;
  readonly width?: number;
  readonly height?: number;
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
}

export interface Chapter {
  readonly from: number;
  readonly to?: number;
  readonly kind: string;
  readonly id?: string;
  readonly title: string;
}

export interface Speech {
  readonly from: number;
  readonly to?: number;
  readonly point: string;
  readonly name?: string;
  readonly position?: string;
  readonly topic?: string;
}

export interface Voice {
  readonly point: string;
  readonly from: number;
  readonly to: number;
}

export interface Moment {
  readonly at: number;
  readonly kind: string;
  readonly point?: string;
}

export interface Block {
  readonly from: number;
  readonly to: number;
  readonly hash: string;
}

export interface Seal {
  readonly manifest?: string;
  readonly signature?: string;
  readonly checkpoint?: string;
  readonly stamped: boolean;
}

export interface IndexHead {
  readonly records: number;
  readonly root: string;
  readonly key: string;
  readonly block: number;
  readonly blocks: readonly Block[];
  readonly seal: Seal;
}

/** What the screens of the meeting showed from a time on. */
export interface Scene {
  readonly at: number;
  readonly points: readonly string[];
  readonly content?: string;
}

export interface Detail extends Line {
  readonly meeting: string;
  readonly encrypted: boolean;
  readonly tracks: readonly Track[];
  readonly chapters: readonly Chapter[];
  readonly speeches: readonly Speech[];
  readonly voices: readonly Voice[];
  readonly moments: readonly Moment[];
  readonly scenes: readonly Scene[];
  readonly index: IndexHead;
  readonly viewer: string;
  readonly redaction?: Redaction;
  /** Redacted versions of it, latest first. */
  readonly versions: readonly string[];
  /** Whoever is signed in may have one made. */
  readonly redacts: boolean;
  /** What was cut out of another recording of the meeting is left out of what this one tells. */
  readonly withheld: boolean;
}

export interface Wanted {
  readonly q: string;
  readonly from: string;
  readonly to: string;
  readonly speaker: string;
  readonly unit: string;
  readonly state: string;
}

export type State = 'sealed' | 'running' | 'flawed' | 'redacted';
export const states: readonly State[] = ['sealed', 'running', 'flawed', 'redacted'];

interface Count {
  readonly value: string;
  readonly count: number;
}

/** How many recordings each further choice would leave. */
export interface Facets {
  readonly units: readonly Count[];
  readonly months: readonly Count[];
  readonly states: readonly Count[];
}

const base = '/api/archive/recordings';
const of = (recording: string): string => `${base}/${encodeURIComponent(recording)}`;

function queryOf(wanted: Partial<Wanted> & { readonly limit?: string }): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(wanted)) if (value !== '') query.set(key, value);
  return query.toString();
}

/** The most recordings that the bridge lists at once. */
export const mostListed = 200;

export const fetchRecordings = async (wanted: Wanted): Promise<readonly Found[]> => (await get<{ readonly items: readonly Found[] }>(`${base}?${queryOf({ ...wanted, limit: String(mostListed) })}`)).items;

/** The words of a search do not matter to it. */
export const fetchFacets = async ({ q: _words, ...others }: Wanted): Promise<Facets> => get(`/api/archive/facets?${queryOf(others)}`);

interface Named {
  readonly id: string;
  readonly name: string;
}

/** What units are called, closed ones too; points are units by their own ids, under the name of the unit where both have one. */
export async function fetchUnitNames(): Promise<ReadonlyMap<string, string>> {
  const [units, points] = await Promise.all([get<{ readonly items: readonly Named[] }>('/api/units'), fetchPoints(dayOf(new Date())).catch((): readonly Named[] => [])]);
  return new Map([...points, ...units.items].map(({ id, name }) => [id, name]));
}

/** The first day of a month like 2026-11, and the last, as days are chosen; empty for none. */
export function daysOf(month: string): readonly [from: string, to: string] {
  const [year = 0, number = 0] = month.split('-').map(Number);
  if (year === 0 || number === 0) return ['', ''];
  const last = new Date(Date.UTC(year, number, 0)).getUTCDate();
  return [`${month}-01`, `${month}-${String(last).padStart(2, '0')}`];
}

/** The recording that is being made of a meeting; null while there is none, or none that one may see. */
export async function fetchRunning(meeting: string): Promise<Found | null> {
  const { items } = await get<{ readonly items: readonly Found[] }>(`${base}?meeting=${encodeURIComponent(meeting)}`);
  return items.find((each) => each.running) ?? null;
}

export const fetchRecording = async (id: string): Promise<Detail> => get(of(id));

export async function fetchBlock(id: string, block: number): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await (await call(`${of(id)}/index/${block}`)).arrayBuffer());
}

/** Fragments of a track between two places of its file, as the index names them. */
export async function fetchFragments(id: string, leg: number, from: number, to: number): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await (await call(`${of(id)}/tracks/${leg}/bytes?from=${from}&to=${to}`, {}, 20_000)).arrayBuffer());
}

export const trackAddress = (id: string, leg: number): string => `${of(id)}/tracks/${leg}/file`;

/** What the bridge made of a recording for its viewers. It is no evidence. */
export interface Companions {
  readonly off: boolean;
  readonly root: string;
  readonly mix: { readonly done: boolean; readonly to: number; readonly bytes: number; readonly sha256?: string; readonly type: string };
  readonly mixIndex?: Omit<IndexHead, 'key'>;
  readonly sheets: Sheets;
}

/** Small pictures in rows on sheets, one every so many milliseconds. */
export interface Sheets {
  readonly every: number;
  readonly count: number;
  readonly width: number;
  readonly height: number;
  readonly columns: number;
  readonly cells: number;
}

export const fetchCompanions = async (id: string): Promise<Companions> => get(`${of(id)}/companions`);

export async function fetchMixBlock(id: string, block: number): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await (await call(`${of(id)}/mix/index/${block}`)).arrayBuffer());
}

export async function fetchMix(id: string, from: number, to: number): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await (await call(`${of(id)}/mix/bytes?from=${from}&to=${to}`, {}, 20_000)).arrayBuffer());
}

export const sheetAddress = (id: string, sheet: number): string => `${of(id)}/sheets/${sheet}`;

export const clipAddress = (id: string, from: number, to: number): string => `${of(id)}/clip?from=${Math.round(from)}&to=${Math.round(to)}`;

/** The recording with the file of its meeting, for another archive. */
export const bagAddress = (id: string): string => `${of(id)}/bag`;

export type ExportLayout = 'speaker' | 'fast' | 'grid' | 'sound' | 'words';

/** A file that is made of a recording. */
export interface Export {
  readonly id: string;
  readonly layout: ExportLayout;
  readonly from: number;
  readonly to: number;
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';
  readonly percent: number;
  readonly why?: string;
  readonly bytes?: number;
  /** The recording is encrypted, this file is not; it is kept for a day. */
  readonly clear?: boolean;
  /** The one who asks may end and remove it. */
  readonly mine: boolean;
}

export interface Exports {
  readonly items: readonly Export[];
  /** Days that a file is kept; 0 until somebody removes it. */
  readonly keep: number;
  readonly off: boolean;
  /** The bridge can write down what is spoken. */
  readonly words: boolean;
}

export const fetchExports = async (id: string): Promise<Exports> => get(`${of(id)}/exports`);
export const askExport = async (id: string, wanted: { layout: ExportLayout; from: number; to: number }): Promise<unknown> => send('POST', `${of(id)}/exports`, wanted);
export const cancelExport = async (id: string, one: string): Promise<void> => send('POST', `${of(id)}/exports/${encodeURIComponent(one)}/cancel`);
export const exportAddress = (id: string, one: string): string => `${of(id)}/exports/${encodeURIComponent(one)}/file`;

export interface Viewing {
  readonly person: string;
  readonly name?: string;
  readonly at: string;
  readonly what: string;
}

export const fetchViewings = async (id: string): Promise<readonly Viewing[]> => (await get<{ readonly items: readonly Viewing[] }>(`${of(id)}/viewings`)).items;
