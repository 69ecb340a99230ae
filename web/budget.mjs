import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';

/**
 * What a browser loads before the first page is seen, against its budget: scripts and styles that index.html names and
 * what these import at once, packed with gzip. The code for media must not be among it. Run after `vite build`.
 */
const budget = 350 * 1024;
const dist = new URL('dist/', import.meta.url);

async function readText(name) {
  return readFile(new URL(name, dist), 'utf8');
}

const page = await readText('index.html');
const waiting = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+\.(?:js|css))"/g)].map((match) => match[1]);
const loaded = new Map();
while (waiting.length > 0) {
  const name = waiting.pop();
  if (name === undefined || loaded.has(name)) continue;
  const text = await readText(name);
  loaded.set(name, gzipSync(text, { level: 9 }).length);
  const imports = [...text.matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g)];
  waiting.push(...imports.map((match) => `assets/${match[1]}`));
}

const total = [...loaded.values()].reduce((sum, size) => sum + size, 0);
const faults = [];
if (total > budget) faults.push(`first load is ${total} bytes, over the budget of ${budget}`);
for (const name of loaded.keys()) {
  if (name.endsWith('.js') && (await readText(name)).includes('RTCPeerConnection')) faults.push(`${name} brings media code into the first load`);
}
for (const fault of faults) process.stderr.write(`${fault}\n`);
process.stdout.write(`first load: ${loaded.size} files, ${(total / 1024).toFixed(0)} kB of ${budget / 1024} kB gzip\n`);
process.exitCode = faults.length > 0 ? 1 : 0;
