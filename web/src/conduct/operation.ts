import { dayOf } from '../i18n/clock';

/** The papers about a meeting that is over, for those who run the bridge (OPS-02): of this meeting, and of its month. */
export function operationPapers(meeting: string, start: Date | number): { log: string; logTable: string; month: string; report: string; points: string } {
  const [year = '', month = ''] = dayOf(start).split('-');
  const log = `/api/meetings/${encodeURIComponent(meeting)}/documents/operation`;
  const report = `/api/operations/${year}-${month}`;
  return { log: `${log}.pdf`, logTable: `${log}.csv`, month: `${month}/${year}`, report: `${report}/report.pdf`, points: `${report}/points.csv` };
}
