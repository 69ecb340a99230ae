import { get, send } from './call';
import { Problem } from './problem';
import type { components } from './schema';

/** Minutes and notice of a meeting (MIN-01 to MIN-05) and the documents that are downloaded. */

export type MinutesVersion = components['schemas']['MinutesView'];
export type MinutesFields = components['schemas']['Minutes'];
export type NoticeOfConclusions = components['schemas']['NoticeView'];
export type DocumentKind = 'invitation' | 'attendance' | 'checks' | 'minutes' | 'votes' | 'notice';
export type MinutesStep = 'draft' | 'submit' | 'take-back' | 'sign' | 'number';

const of = (meeting: string): string => `/api/meetings/${encodeURIComponent(meeting)}`;

/** All versions, the newest last. */
export const fetchMinutes = async (meeting: string): Promise<readonly MinutesVersion[]> => (await get<{ items: readonly MinutesVersion[] }>(`${of(meeting)}/minutes/versions`)).items;

/** Null before there are minutes. */
export async function fetchNotice(meeting: string): Promise<NoticeOfConclusions | null> {
  try {
    return await get(`${of(meeting)}/notice`);
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return null;
    throw error;
  }
}

/** Submitting and signing name the text that was shown: one that was changed meanwhile is refused. */
export async function stepMinutes(meeting: string, step: MinutesStep, shown?: MinutesVersion): Promise<void> {
  await send('POST', `${of(meeting)}/minutes/${step}`, step === 'number' ? {} : undefined, shown ? { 'If-Match': `"${shown.revision}"` } : {});
}

/** Changes the fields of a draft, as long as it is still the one that was read. */
export async function saveMinutes(meeting: string, revision: string, fields: MinutesFields): Promise<void> {
  await send('PUT', `${of(meeting)}/minutes`, { fields }, { 'If-Match': `"${revision}"` });
}

/** Gives minutes that have a number another one; the old one is free again. */
export async function renumberMinutes(meeting: string, number: number): Promise<void> {
  await send('POST', `${of(meeting)}/minutes/number`, { number });
}

export async function correctMinutes(meeting: string, reason: string): Promise<void> {
  await send('POST', `${of(meeting)}/minutes/correct`, { reason });
}

export async function noticeSent(meeting: string): Promise<void> {
  await send('POST', `${of(meeting)}/notice/sent`, {});
}

export function documentPath(meeting: string, kind: DocumentKind, format: 'docx' | 'pdf', version?: number): string {
  return `${of(meeting)}/documents/${kind}.${format}${version === undefined ? '' : `?version=${version}`}`;
}
