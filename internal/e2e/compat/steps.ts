import { expect, type Page } from '@playwright/test';

import type { Compat, TokenOptions } from './fixture';
import type { JoinOptions } from './page';

/** Joins a point; returns the milliseconds that Room.connect took. */
export async function joinPoint(compat: Compat, page: Page, name: string, options: JoinOptions = {}, token: TokenOptions & { identity?: string } = {}): Promise<number> {
  const { identity = name, ...rest } = token;
  const jwt = await compat.token(identity, rest);
  return page.evaluate(([me, url, t, o]) => window.harness.join(me, url, t, o), [name, compat.bridge.wsUrl, jwt, options] as const);
}

/** Waits until decoded frames of identity's camera rise at the point. */
export async function waitVideo(page: Page, name: string, identity: string): Promise<void> {
  const frames = () => page.evaluate(([me, who]) => window.harness.video(me, who).then((v) => v.frames), [name, identity] as const);
  const before = await frames();
  await expect.poll(frames, { message: `frames of ${identity} at ${name}`, intervals: [100], timeout: 15_000 }).toBeGreaterThan(before + 10);
}

/** Waits until the sound of identity's microphone has energy at the point. */
export async function waitAudio(page: Page, name: string, identity: string): Promise<void> {
  const energy = () => page.evaluate(([me, who]) => window.harness.audio(me, who).then((a) => a.energy), [name, identity] as const);
  const before = await energy();
  await expect.poll(energy, { message: `sound of ${identity} at ${name}`, intervals: [100], timeout: 15_000 }).toBeGreaterThan(before + 0.0005);
}

/** Waits until the point has seen an event, and returns it. */
export async function waitSeen(page: Page, name: string, event: string, who?: string, timeout = 10_000) {
  const find = () => page.evaluate(([me, e, w]) => window.harness.point(me).seen.find((s) => s.event === e && (w === undefined || s.who === w)), [name, event, who] as const);
  await expect.poll(find, { message: `${event} of ${who ?? 'anyone'} at ${name}`, intervals: [50, 100], timeout }).toBeTruthy();
  const found = await find();
  if (found === undefined) throw new Error('unreachable');
  return found;
}

/** Forgets what the point has seen so far. */
export async function forget(page: Page, name: string): Promise<void> {
  await page.evaluate((me) => {
    window.harness.point(me).seen.length = 0;
  }, name);
}

/** Counts what the point has seen of an event. */
export async function countSeen(page: Page, name: string, event: string, who?: string): Promise<number> {
  return page.evaluate(([me, e, w]) => window.harness.point(me).seen.filter((s) => s.event === e && (w === undefined || s.who === w)).length, [name, event, who] as const);
}
