import { call, get, send } from '../api/call';
import { Problem } from '../api/problem';
import type { components } from '../api/schema';

/** The file of a meeting beside its recording, what was spoken in it, and who may watch it. */

type Schemas = components['schemas'];
export type Dossier = Schemas['MeetingFile'];
export type Part = Schemas['FilePart'];
export type Spot = Schemas['Spot'];
export type FileLine = Schemas['FileLine'];
export type LogLine = Schemas['LogLine'];
export type Transcript = Schemas['TranscriptLine'];
export type Cue = Schemas['Cue'];
export type Access = Schemas['AccessView'];
export type Level = Access['level'];

const of = (recording: string): string => `/api/archive/recordings/${encodeURIComponent(recording)}`;

export const fetchDossier = async (id: string): Promise<Dossier> => get(`${of(id)}/dossier`);
export const fetchLog = async (id: string, after: number): Promise<Schemas['LogPage']> => get(`${of(id)}/dossier/log?after=${after}`);

export const fetchTranscripts = async (id: string): Promise<readonly Transcript[]> => (await get<{ readonly items: readonly Transcript[] }>(`${of(id)}/transcripts`)).items;
export const fetchCues = async (id: string, language: string): Promise<readonly Cue[]> => (await get<{ readonly cues: readonly Cue[] }>(`${of(id)}/transcripts/${language}`)).cues;
export const transcriptAddress = (id: string, language: string): string => `${of(id)}/transcripts/${language}/file`;
export const removeTranscript = async (id: string, language: string): Promise<void> => send('DELETE', `${of(id)}/transcripts/${language}`);

/** Larger files are no captions; the bridge refuses them too. */
const largestFile = 8 << 20;

export async function bringTranscript(id: string, language: string, file: File, shiftMs: number, machine: boolean): Promise<void> {
  if (file.size > largestFile) throw new Problem('archive_no_captions', 422);
  const query = new URLSearchParams({ file: file.name.slice(-200), shift: String(Math.round(shiftMs)), machine: String(machine) });
  await call(`${of(id)}/transcripts/${language}?${query.toString()}`, { method: 'PUT', headers: { 'Content-Type': 'application/octet-stream' }, body: file }, 60_000);
}

export const fetchAccess = async (id: string): Promise<Access> => get(`${of(id)}/access`);
export async function setAccess(id: string, { level, readers, changes }: Access, reason: string): Promise<Access> {
  return send('PUT', `${of(id)}/access`, { level, readers, changes, reason });
}

/** What was said at a time. */
export function cueAt(cues: readonly Cue[], time: number): Cue | undefined {
  let [low, high] = [0, cues.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cues[middle]?.at ?? 0) <= time) low = middle + 1;
    else high = middle;
  }
  // Cues may overlap; the one that began last is read.
  for (let i = low - 1; i >= Math.max(0, low - 4); i--) {
    const cue = cues[i];
    if (cue && cue.to > time) return cue;
  }
  return undefined;
}
