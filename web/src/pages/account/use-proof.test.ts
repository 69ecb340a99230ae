import { expect, test } from 'vitest';
import type { Session } from '../../api/session';
import { provedSince } from './use-proof';

const session = (person: string, proved?: string): Session => ({ stage: 'in', person, rights: [], ...(proved === undefined ? {} : { proved }) });

test('ARC-06 coming by the provider proves nothing of now: only a proof since it was asked does, and of the same person', () => {
  const before = session('p-1', '2026-12-02T08:00:00Z');
  expect(provedSince(before, before)).toBe(false);
  expect(provedSince(before, session('p-1', '2026-12-02T08:05:00.5Z'))).toBe(true);
  expect(provedSince(session('p-1'), session('p-1', '2026-12-02T08:05:00Z'))).toBe(true);
  expect(provedSince(before, session('p-2', '2026-12-02T08:05:00Z'))).toBe(false);
  expect(provedSince(before, session('p-1'))).toBe(false);
  expect(provedSince(null, session('p-1', '2026-12-02T08:05:00Z'))).toBe(false);
  expect(provedSince(before, null)).toBe(false);
});
