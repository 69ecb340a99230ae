import { afterEach, expect, test, vi } from 'vitest';
import { fetchRecordings, fetchUnitNames } from './desk';

const asked: string[] = [];

/** The bridge's answers by their paths; what it has none for it refuses. */
function answering(answers: Readonly<Record<string, unknown>>): void {
  asked.length = 0;
  vi.stubGlobal('document', { documentElement: { lang: 'vi' } });
  vi.stubGlobal('fetch', async (path: string) => {
    asked.push(path);
    const answer = answers[path.replace(/\?.*/, '')];
    return Promise.resolve(answer === undefined ? Response.json({ code: 'right.missing' }, { status: 403 }) : Response.json(answer));
  });
}

afterEach(() => vi.unstubAllGlobals());

test('ARC-08 a unit of a meeting is called by its name, also when it is closed or is a point', async () => {
  const units = { items: [{ id: 'LG', name: 'UBND tỉnh Lam Giang' }, { id: 'SXD', name: 'Sở Xây dựng', closed: true }] };
  answering({ '/api/units': units, '/api/points': { points: [{ id: 'X1', name: 'Xã An Hòa' }, { id: 'LG', name: 'Phòng họp số 1' }] } });
  expect(Object.fromEntries(await fetchUnitNames())).toEqual({ LG: 'UBND tỉnh Lam Giang', SXD: 'Sở Xây dựng', X1: 'Xã An Hòa' });
  answering({ '/api/units': units });
  expect((await fetchUnitNames()).get('SXD')).toBe('Sở Xây dựng');
});

test('the list asks for as many recordings as the bridge gives at once', async () => {
  answering({ '/api/archive/recordings': { items: [] } });
  await fetchRecordings({ q: '', from: '', to: '', speaker: 'Lê', unit: '', state: '' });
  expect(asked).toEqual(['/api/archive/recordings?speaker=L%C3%AA&limit=200']);
});
