import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { enActs } from '../i18n/en-acts';
import { vi } from '../i18n/vi';
import { viActs } from '../i18n/vi-acts';
import { actWord, machineOf, shortened } from './audit-words';

test('SEC-06 a line is called by its own name, by that of its family, or not at all', () => {
  expect(actWord(viActs, 'speech.begun')).toBe('Mời phát biểu');
  expect(actWord(viActs, 'settings.changed')).toBe('Đổi cài đặt');
  expect(actWord(enActs, 'something')).toBe('');
});

test('both languages name the same kinds', () => {
  expect(Object.keys(enActs)).toEqual(Object.keys(viActs));
});

/** How the bridge writes down what a line is about: names of events, acts of a meeting, and lines that are made on the spot. */
const written = [/Happening\s*=\s*"([a-z_.]+)"/g, /"([a-z_.]+)":\s+readChange\[/g, /\bWhat: "([a-z_]+\.[a-z_]+)"/g, /\bnoted?\(ctx, "([a-z_]+\.[a-z_]+)"/g, /audit\.Of\(ctx\.Context\(\), "([a-z_]+\.[a-z_]+)"/g, /\b(?:Archived|retireFailed)\s*= "([a-z_.]+)"/g];

function kindsOfTheBridge(): Set<string> {
  const kinds = new Set<string>();
  const root = join(import.meta.dirname, '../../..');
  for (const part of ['meeting', 'recording', 'cmd']) {
    for (const name of readdirSync(join(root, part), { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.go') || name.endsWith('_test.go')) continue;
      const code = readFileSync(join(root, part, name), 'utf8');
      for (const way of written) for (const [, kind = ''] of code.matchAll(way)) kinds.add(kind);
    }
  }
  return kinds;
}

test('SEC-06 every kind of line that the bridge writes has words of its own', () => {
  const kinds = kindsOfTheBridge();
  // One of each way of writing: a way that is no longer found would let kinds slip through.
  for (const known of ['board.locked', 'vote.hands_confirmed', 'bridge.started', 'backup.restored', 'audit.read', 'access.refused', 'audit.archive_failed', 'disposal.barred']) expect([...kinds]).toContain(known);
  for (const seen of Object.keys(vi.player.what)) kinds.add(`recording.${seen === 'open' ? 'opened' : seen}`);
  expect([...kinds].filter((kind) => !(kind in viActs))).toEqual([]);
});

test('the number of a browser session is left out, a machine with a name is not, and digests are shortened', () => {
  expect(machineOf('s-01a22828b0997191bad0fec462f4ca6d')).toBe('');
  expect(machineOf('may-phong-hop')).toBe('may-phong-hop');
  expect(shortened(`01a22828 · ${'ab'.repeat(32)}`)).toBe('01a22828 · abababababab…');
});
