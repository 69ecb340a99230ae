import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

// The stamp lets `npm test` see without the generator that types and document belong together.
const schema = new URL('../src/api/schema.d.ts', import.meta.url);
const digest = createHash('sha256').update(readFileSync(new URL('openapi.json', import.meta.url))).digest('hex');
writeFileSync(schema, `// Made by \`make types\` of openapi.json ${digest}. Do not edit.\n${readFileSync(schema, 'utf8')}`);
