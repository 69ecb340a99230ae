import { readFile, readdir } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';

/**
 * Code that nothing uses: files that no file imports on the way from main.tsx, and exported names that no other file
 * mentions. Only names are compared, so a second use of the same name elsewhere hides a fault; what is told is one.
 */
const root = join(import.meta.dirname, 'src');
const browserTests = join(import.meta.dirname, '../internal/e2e/app');
// Held to the API's description by the compiler alone.
const alone = new Set(['main.tsx', 'api/contract.ts', 'api/schema.d.ts', 'build.d.ts']);

const names = (await readdir(root, { recursive: true })).filter((name) => /\.tsx?$/.test(name));
const texts = new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(root, name), 'utf8')])));
const outside = (await Promise.all((await readdir(browserTests)).map(async (name) => readFile(join(browserTests, name), 'utf8')))).join('\n');
const code = names.filter((name) => !name.includes('.test.'));

function importsOf(name) {
  const places = [...(texts.get(name) ?? '').matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map((match) => normalize(join(dirname(name), match[1] ?? '')));
  return places.flatMap((place) => [`${place}.ts`, `${place}.tsx`, `${place}/index.ts`, place].filter((each) => texts.has(each)));
}

const reached = new Set();
const waiting = [...alone];
for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
  if (reached.has(name)) continue;
  reached.add(name);
  waiting.push(...importsOf(name));
}

const faults = code.filter((name) => !reached.has(name) && !outside.includes(name.replace(/\.tsx?$/, ''))).map((name) => `${name}: no page reaches this file`);
for (const name of code.filter((each) => !alone.has(each))) {
  const text = texts.get(name) ?? '';
  for (const [, word = ''] of text.matchAll(/^export (?:async )?(?:function|const|class|interface|type) (\w+)/gm)) {
    const used = new RegExp(`\\b${word}\\b`);
    const own = text.match(new RegExp(`\\b${word}\\b`, 'g'))?.length ?? 0;
    const others = names.some((each) => each !== name && used.test(texts.get(each) ?? ''));
    if (!others && own < 2 && !used.test(outside)) faults.push(`${name}: ${word} is exported and never used`);
  }
}
for (const fault of faults) process.stderr.write(`${fault}\n`);
process.exitCode = faults.length > 0 ? 1 : 0;
