import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { pdfParts } from './pdf-parts';

/** Compressed copies are made once at build time: the points' lines are thin and the bridge should not spend CPU on it. */
function compressedCopies() {
  return {
    name: 'compressed-copies',
    apply: 'build' as const,
    async closeBundle() {
      const dir = join(import.meta.dirname, 'dist/assets');
      const names = (await readdir(dir)).filter((name) => /\.(m?js|css|svg)$/.test(name));
      await Promise.all(
        names.map(async (name) => {
          const body = await readFile(join(dir, name));
          await writeFile(join(dir, `${name}.gz`), await promisify(gzip)(body, { level: 9 }));
          await writeFile(join(dir, `${name}.br`), await promisify(brotliCompress)(body));
        }),
      );
      // An empty checkout still compiles the Go package: the embed pattern needs one file.
      await writeFile(join(import.meta.dirname, 'dist/.keep'), '');
    },
  };
}

const pdf = await pdfParts();

export default defineConfig({
  plugins: [react(), pdf.plugin, compressedCopies()],
  define: { PDF_PARTS: JSON.stringify(pdf.base) },
  // The bridge writes a fresh nonce for styles into each index.html it serves.
  html: { cspNonce: '__CSP_NONCE__' },
  build: {
    // Data URLs would need wider rules in the content security policy.
    assetsInlineLimit: 0,
    target: ['chrome109', 'firefox115', 'safari16'],
    chunkSizeWarningLimit: 1200,
  },
  server: {
    proxy: {
      '/api': 'http://127.0.0.1:7880',
      '/rtc': { target: 'http://127.0.0.1:7880', ws: true },
    },
  },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
