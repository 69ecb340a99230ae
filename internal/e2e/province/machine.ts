import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Page } from '@playwright/test';
import { expect } from '../app/fixture';

const environment = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root' };

/** A Debian in a folder on which the bundle was installed, and the program on it. */
export class Machine {
  private service: ChildProcess | undefined;

  constructor(
    readonly root: string,
    private readonly address: string,
  ) {}

  get url(): string {
    return `http://${this.address}`;
  }

  /** A command of an operator at the console; fails when it fails. */
  run(...command: string[]): string {
    return execFileSync('chroot', [this.root, ...command], { encoding: 'utf8', env: environment, maxBuffer: 1 << 26 });
  }

  /** The same, which may fail. */
  tried(...command: string[]): { status: number | null; out: string } {
    const { status, stdout, stderr } = spawnSync('chroot', [this.root, ...command], { encoding: 'utf8', env: environment, maxBuffer: 1 << 26 });
    return { status, out: stdout + stderr };
  }

  path(inside: string): string {
    return join(this.root, inside);
  }

  async start(...args: string[]): Promise<void> {
    const more = ['--dev', '--data', '/var/lib/diemcau', '--admin', '127.0.0.1:0', '--rtc-udp', '0', '--rtc-tcp', '0', ...args];
    this.service = spawn('python3', [resolve(import.meta.dirname, 'service.py'), this.address, this.root, ...more], { stdio: ['ignore', process.env.E2E_LOG ? 'inherit' : 'ignore', 'inherit'] });
    await this.serves();
  }

  /** Waits until somebody answers; a connection made meanwhile waits in the socket. */
  async serves(): Promise<void> {
    await expect.poll(async () => fetch(`${this.url}/api/session/ways`).then((a) => a.status, () => 0), { timeout: 60_000 }).toBe(200);
  }

  restart(): void {
    this.service?.kill('SIGHUP');
  }

  async stop(): Promise<void> {
    if (!this.service) return;
    this.service.kill('SIGTERM');
    const [code] = (await once(this.service, 'exit')) as [number];
    expect(code, 'how the program ended').toBe(0);
    this.service = undefined;
  }
}

interface Gaps {
  gaps: { worst: Record<string, number>; reset(): void; since(): Record<string, number> };
}

/** Notes in a page for how long each other point's picture stood still. */
export async function watchPictures(page: Page): Promise<void> {
  await page.evaluate(() => {
    const seen: Record<string, { frames: number; at: number }> = {};
    const worst: Record<string, number> = {};
    const look = () => {
      for (const tile of document.querySelectorAll('[data-testid="point"][data-identity]')) {
        const name = tile.getAttribute('data-identity') ?? '';
        const video = tile.querySelector('video');
        const frames = video?.getVideoPlaybackQuality().totalVideoFrames ?? 0;
        const last = (seen[name] ??= { frames: 0, at: performance.now() });
        if (frames > 0 && frames !== last.frames) {
          worst[name] = Math.max(worst[name] ?? 0, performance.now() - last.at);
          seen[name] = { frames, at: performance.now() };
        }
      }
    };
    setInterval(look, 20);
    (window as unknown as Gaps).gaps = {
      worst,
      reset: () => {
        for (const name of Object.keys(worst)) delete worst[name];
      },
      since: () => Object.fromEntries(Object.entries(seen).map(([name, { at }]) => [name, performance.now() - at])),
    };
  });
}

export const resetPictures = async (page: Page): Promise<void> => page.evaluate(() => (window as unknown as Gaps).gaps.reset());

/** The longest still of each other point's picture since the last reset, in ms. */
export const stills = async (page: Page): Promise<Record<string, number>> => page.evaluate(() => (window as unknown as Gaps).gaps.worst);

/** For how long each picture has not moved now, in ms. */
export const stillSince = async (page: Page): Promise<Record<string, number>> => page.evaluate(() => (window as unknown as Gaps).gaps.since());

interface Leg {
  point: string;
  codec: string;
  from: number;
  to: number;
  fragments: number;
}

/** The one recording of an archive, and the longest time that a point's picture or sound is missing between two of its legs. */
export function recorded(machine: Machine, archive: string): { dir: string; hole: number; legs: number } {
  const items = JSON.parse(machine.run('diemcau', 'archive', 'list', archive, '--json')) as { dir: string; sealed: boolean; tracks: Leg[] }[];
  expect(items.length, 'recordings of the meeting').toBe(1);
  const [item] = items;
  if (!item) throw new Error('no recording');
  expect(item.sealed).toBe(true);
  const by = new Map<string, Leg[]>();
  for (const leg of item.tracks.filter((each) => each.fragments > 0)) by.set(`${leg.point}/${leg.codec}`, [...(by.get(`${leg.point}/${leg.codec}`) ?? []), leg]);
  let hole = 0;
  for (const [name, legs] of by) {
    legs.sort((a, b) => a.from - b.from);
    expect(legs.length, `${name} is recorded before and after the upgrade`).toBeGreaterThan(1);
    for (let i = 1; i < legs.length; i++) hole = Math.max(hole, (legs[i]?.from ?? 0) - (legs[i - 1]?.to ?? 0));
  }
  return { dir: item.dir, hole, legs: by.size };
}

/** What is wanted to be in the figures of the show. */
export const told = (text: string): void => console.log(`      ${text}`);

export const bundleName = (machine: Machine): string => readFileSync(machine.path('/carried/name'), 'utf8').trim();
