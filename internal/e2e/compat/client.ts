import { createServer, type Server } from 'node:http';
import { resolve } from 'node:path';

import { build } from 'esbuild';

/** Bundles the stock client with the harness in this folder and serves it from this machine. */
export async function serveClient(folder = import.meta.dirname): Promise<Server> {
  const bundle = async (entry: string) => {
    const out = await build({ entryPoints: [entry], bundle: true, format: 'esm', write: false, target: 'es2022' });
    return out.outputFiles[0]?.text ?? '';
  };
  const files = new Map<string, [string, string]>([
    ['/', ['text/html', '<!doctype html><meta charset="utf-8"><title>compat</title><script type="module" src="/page.js"></script>']],
    ['/page.js', ['text/javascript', await bundle(resolve(folder, 'page.ts'))]],
    ['/e2ee.js', ['text/javascript', await bundle(resolve(folder, '../node_modules/livekit-client/dist/livekit-client.e2ee.worker.mjs'))]],
  ]);
  const server = createServer((request, response) => {
    const file = files.get(request.url ?? '');
    response.writeHead(file ? 200 : 404, { 'Content-Type': file?.[0] ?? 'text/plain' });
    response.end(file?.[1]);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return server;
}
