import { createReadStream } from 'node:fs';
import { cp, readFile } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import type { Plugin } from 'vite';

const home = join(import.meta.dirname, 'node_modules/pdfjs-dist');
const folders = ['cmaps', 'standard_fonts', 'wasm', 'iccs'] as const;

/**
 * What pdf.js fetches while it reads a file: character maps, the fonts that files need not carry, decoders. They are
 * shipped with the application, under the version of pdf.js, so that they may be kept by browsers for ever.
 */
export async function pdfParts(): Promise<{ base: string; plugin: Plugin }> {
  const { version } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8')) as { version: string };
  const base = `/assets/pdfjs-${version}/`;
  const plugin: Plugin = {
    name: 'pdf-parts',
    async writeBundle({ dir }) {
      for (const folder of folders) await cp(join(home, folder), join(dir ?? 'dist', base, folder), { recursive: true });
    },
    configureServer(server) {
      server.middlewares.use(base, (request, response, next) => {
        const name = normalize(decodeURIComponent((request.url ?? '').split('?')[0] ?? ''));
        if (!folders.some((folder) => name.startsWith(`/${folder}/`))) return next();
        createReadStream(join(home, name)).on('error', next).pipe(response);
      });
    },
  };
  return { base, plugin };
}
