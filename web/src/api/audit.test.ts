import { expect, it } from 'vitest';
import { queryOf } from './audit';

it('SEC-06 days of the log are those of Viet Nam, the last one included', () => {
  const query = queryOf({ from: '2026-11-30', to: '2026-11-30', group: 'failures', text: ' thuky ' });
  expect(Object.fromEntries(query)).toEqual({ from: '2026-11-29T17:00:00.000Z', to: '2026-11-30T17:00:00.000Z', group: 'failures', q: 'thuky' });
  expect(queryOf({ from: '', to: '', group: '', text: ' ' }).size).toBe(0);
});
