/**
 * Measures P3 of docs/performance.md: with the stock client in Chromium, from the click that joins until the first
 * picture of somebody else is drawn, in a page that was opened for it; at the bridge and at another server of the
 * protocol in turn. Not a test: figures depend on the machine. Run it by `make measure-join`.
 *
 *   PEER    URL of the other server (ws://…), which knows the key devkey with the secret "secret"
 *   ROUNDS  joins at each server (20)
 */
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';

import { chromium, type Browser, type Page } from '@playwright/test';
import { AccessToken } from 'livekit-server-sdk';

import { startBridge } from './bridge';
import { serveClient } from './compat/client';
import type { Harness } from './compat/page';
import config from './playwright.config';

declare global {
  interface Window {
    harness: Harness;
    joined?: Promise<number>;
  }
}

const rounds = Number(process.env.ROUNDS ?? 20);
const room = `join-${Date.now()}`;

async function token(identity: string): Promise<string> {
  const t = new AccessToken('devkey', 'secret', { identity });
  t.addGrant({ roomJoin: true, room });
  return t.toJwt();
}

async function open(browser: Browser, client: string): Promise<Page> {
  const context = await browser.newContext({ permissions: ['camera', 'microphone'] });
  const page = await context.newPage();
  await page.goto(client);
  await page.waitForFunction(() => window.harness !== undefined);
  return page;
}

/** Milliseconds from the click until the first picture is drawn. */
async function join(browser: Browser, client: string, url: string, identity: string): Promise<number> {
  const page = await open(browser, client);
  await page.evaluate(
    ({ url, token, identity }) => {
      const button = document.createElement('button');
      button.onclick = () => {
        const clicked = performance.now();
        window.joined = new Promise((drawn) => {
          new MutationObserver((_, observer) => {
            const video = document.querySelector('video');
            if (video === null) return;
            observer.disconnect();
            video.requestVideoFrameCallback(() => drawn(performance.now() - clicked));
          }).observe(document.body, { childList: true });
        });
        void window.harness.join(identity, url, token);
      };
      document.body.append(button);
    },
    { url, token: await token(identity), identity },
  );
  await page.click('button');
  const took = await page.evaluate(() => window.joined as Promise<number>);
  await page.evaluate(() => window.harness.leaveAll());
  await page.context().close();
  return took;
}

const middle = (all: number[]): number => [...all].sort((a, b) => a - b)[all.length >> 1] ?? NaN;
const said = (all: number[]): string => `${middle(all).toFixed(0)} (${Math.min(...all).toFixed(0)} to ${Math.max(...all).toFixed(0)})`;

const bridge = await startBridge();
const server = await serveClient(resolve(import.meta.dirname, 'compat')); // this file runs bundled
const client = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
const browser = await chromium.launch(config.projects?.find((p) => p.name === 'compat')?.use?.launchOptions);
const servers = [bridge.wsUrl, ...(process.env.PEER === undefined ? [] : [process.env.PEER])];
const took: number[][] = servers.map(() => []);
try {
  for (const url of servers) {
    const page = await open(browser, client);
    await page.evaluate(({ url, token }) => window.harness.join('sender', url, token), { url, token: await token('sender') });
    await page.evaluate(() => window.harness.point('sender').room.localParticipant.setCameraEnabled(true));
  }
  for (let round = -1; round < rounds; round++) {
    for (const [i, url] of servers.entries()) {
      const ms = await join(browser, client, url, `watcher-${round}`);
      if (round >= 0) took[i]?.push(ms); // the first of each warms up
    }
  }
  const [ours = [], theirs = []] = took;
  console.log(`bridge: ${said(ours)} ms`);
  if (theirs.length > 0) {
    console.log(`peer:   ${said(theirs)} ms`);
    console.log(`ratio:  ${middle(ours.map((ms, i) => ms / (theirs[i] ?? NaN))).toFixed(2)}, the median of the pairs; P3 asks for 0.6`);
  }
} finally {
  await browser.close();
  server.close();
  await bridge.stop();
}
