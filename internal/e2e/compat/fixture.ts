import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';

import { test as base, expect, type Page } from '@playwright/test';
import { build } from 'esbuild';
import { AccessToken, RoomServiceClient, type VideoGrant } from 'livekit-server-sdk';

import { startBridge, type Bridge } from '../bridge';
import type { Harness } from './page';

export { expect };

declare global {
  interface Window {
    harness: Harness;
  }
}

export interface TokenOptions {
  name?: string;
  metadata?: string;
  attributes?: Record<string, string>;
  ttl?: number | string;
  grant?: Partial<VideoGrant>;
}

/** Everything a compatibility test needs. */
export interface Compat {
  bridge: Bridge;
  api: RoomServiceClient;
  /** A room of this test alone. */
  room: string;
  token(identity: string, options?: TokenOptions): Promise<string>;
  /** Opens another page with the stock client in it. */
  openPage(): Promise<Page>;
}

interface WorkerFixtures {
  bridge: Bridge;
  clientPage: string;
}

export const test = base.extend<{ compat: Compat; client: Page }, WorkerFixtures>({
  bridge: [
    async ({}, use) => {
      const bridge = await startBridge();
      await use(bridge);
      await bridge.stop();
    },
    { scope: 'worker' },
  ],
  clientPage: [
    async ({}, use) => {
      const server = await serveClient();
      await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
    { scope: 'worker' },
  ],
  compat: async ({ bridge, clientPage, browser }, use, info) => {
    const room = `${info.title.replace(/[^a-zA-Z0-9]+/g, '-').slice(0, 60)}-${info.repeatEachIndex}-${info.retry}-${Date.now()}`;
    const opened: Page[] = [];
    await use({
      bridge,
      room,
      api: new RoomServiceClient(bridge.url, bridge.key, bridge.secret),
      token: (identity, options = {}) => issue(bridge, room, identity, options),
      openPage: async () => {
        const context = await browser.newContext({ permissions: ['camera', 'microphone'] });
        const page = await context.newPage();
        await page.goto(clientPage);
        opened.push(page);
        return page;
      },
    });
    for (const page of opened) {
      if (!page.isClosed()) await page.evaluate(() => window.harness.leaveAll()).catch(() => {});
      await page.context().close();
    }
  },
  client: async ({ compat }, use) => {
    await use(await compat.openPage());
  },
});

export async function issue(bridge: Bridge, room: string, identity: string, options: TokenOptions): Promise<string> {
  const token = new AccessToken(bridge.key, bridge.secret, {
    identity,
    name: options.name ?? identity,
    metadata: options.metadata,
    attributes: options.attributes,
    ttl: options.ttl ?? '10m',
  });
  token.addGrant({ roomJoin: true, room, ...options.grant });
  return token.toJwt();
}

/** Bundles the stock client with the harness and serves it from this machine. */
async function serveClient(): Promise<Server> {
  const bundle = async (entry: string) => {
    const out = await build({ entryPoints: [entry], bundle: true, format: 'esm', write: false, target: 'es2022' });
    return out.outputFiles[0]?.text ?? '';
  };
  const files = new Map<string, [string, string]>([
    ['/', ['text/html', '<!doctype html><meta charset="utf-8"><title>compat</title><script type="module" src="/page.js"></script>']],
    ['/page.js', ['text/javascript', await bundle(resolve(import.meta.dirname, 'page.ts'))]],
    ['/e2ee.js', ['text/javascript', await bundle(resolve(import.meta.dirname, '../node_modules/livekit-client/dist/livekit-client.e2ee.worker.mjs'))]],
  ]);
  const server = createServer((request, response) => {
    const file = files.get(request.url ?? '');
    response.writeHead(file ? 200 : 404, { 'Content-Type': file?.[0] ?? 'text/plain' });
    response.end(file?.[1]);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return server;
}
