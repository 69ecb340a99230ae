import type { AddressInfo } from 'node:net';

import { test as base, expect, type Page } from '@playwright/test';
import { AccessToken, RoomServiceClient, type VideoGrant } from 'livekit-server-sdk';

import { startBridge, type Bridge } from '../bridge';
import { serveClient } from './client';
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
