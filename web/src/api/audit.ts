import { momentOf } from '../i18n/zone';
import { call, get } from './call';

/** One line of the audit log: who did what, from where. */
export interface AuditLine {
  readonly seq: number;
  readonly at: string;
  readonly what: string;
  readonly who?: string;
  readonly name?: string;
  readonly device?: string;
  readonly point?: string;
  readonly address?: string;
  readonly meeting?: string;
  readonly on?: string;
  readonly detail?: string;
}

export const auditGroups = ['sign-ins', 'failures', 'rights', 'meetings', 'recordings', 'settings', 'log'] as const;
export type AuditGroup = (typeof auditGroups)[number];

/** What is looked for; days are yyyy-MM-dd of Viet Nam, both included. */
export interface AuditSearch {
  readonly from: string;
  readonly to: string;
  readonly group: AuditGroup | '';
  readonly text: string;
}

export interface AuditCheck {
  readonly lines: number;
  readonly heads: number;
  readonly vouched: number;
  readonly acts: number;
  readonly problems: readonly { readonly seq: number; readonly fault: string; readonly text: string }[];
}

function midnight(day: string, later: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return momentOf(year, month, date + later).toISOString();
}

export function queryOf(search: AuditSearch): URLSearchParams {
  const query = new URLSearchParams();
  if (search.from !== '') query.set('from', midnight(search.from, 0));
  if (search.to !== '') query.set('to', midnight(search.to, 1));
  if (search.group !== '') query.set('group', search.group);
  if (search.text.trim() !== '') query.set('q', search.text.trim());
  return query;
}

export interface AuditPage {
  readonly items: readonly AuditLine[];
  /** Where the page of older lines begins. */
  readonly next?: number;
}

export async function fetchAudit(search: AuditSearch, cursor: number): Promise<AuditPage> {
  const query = queryOf(search);
  if (cursor > 0) query.set('cursor', String(cursor));
  return get(`/api/audit?${query}`);
}

export const exportAddress = (search: AuditSearch): string => `/api/audit/export?${queryOf(search)}`;

/** A long log takes its time. */
export const checkAudit = async (): Promise<AuditCheck> => (await call('/api/audit/check', {}, 120_000)).json() as Promise<AuditCheck>;
