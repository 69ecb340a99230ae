import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it('the types of the API are made of its description as it is', () => {
  const document = readFileSync(join(import.meta.dirname, '../../openapi/openapi.json'));
  const digest = createHash('sha256').update(document).digest('hex');
  const head = readFileSync(join(import.meta.dirname, 'schema.d.ts'), 'utf8').split('\n', 1)[0];
  expect(head, 'run make types').toContain(digest);
});
