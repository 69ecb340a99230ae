import { expect, test } from 'vitest';
import { operationPapers } from './operation';

test('OPS-02 the papers of a meeting are those of its month by Vietnamese time', () => {
  expect(operationPapers('giao ban/11', Date.parse('2026-11-30T18:00:00Z'))).toEqual({
    log: '/api/meetings/giao%20ban%2F11/documents/operation.pdf',
    logTable: '/api/meetings/giao%20ban%2F11/documents/operation.csv',
    month: '12/2026',
    report: '/api/operations/2026-12/report.pdf',
    points: '/api/operations/2026-12/points.csv',
  });
});
