/**
 * Measures the player with a generated archive (docs/performance.md, P9): first picture, random seeks, drift at 1x and
 * 2x, memory of the page. Not a test: figures depend on the machine. Run it by `make measure-replay`: what it does goes
 * to the standard error, the table for docs/performance.md to the output.
 *
 *   DATA     folder of the bridge's data, to keep the sound mix between runs; MIX=1 waits until it is made
 *   ARCHIVE  folder of recordings; PLAY seconds of play at each speed (600); SEEKS how many (50); LAYOUT 1 to 5
 */
import { chromium, type Page } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { startBridge } from './bridge';
import { password } from './app/office';

const archive = process.env.ARCHIVE;
if (archive === undefined) throw new Error('ARCHIVE names no folder');
const seconds = Number(process.env.PLAY ?? 600);
const seeks = Number(process.env.SEEKS ?? 50);

interface Heard {
  kind: string;
  ready: boolean;
  error: number;
}
interface Replay {
  detail: { length: number };
  seek(ms: number): void;
  play(): void;
  pause(): void;
  setRate(rate: number): void;
  errors(): Heard[];
  snapshot(): { sound?: string };
}
type Watched = Window & { replay?: Replay; first?: number };

const at = (all: number[], share: number): number => [...all].sort((a, b) => a - b)[Math.min(Math.floor(all.length * share), all.length - 1)] ?? NaN;
const most = (all: readonly number[]): number => all.reduce((a, b) => Math.max(a, b), -Infinity); // ten minutes are too many arguments for Math.max
const said = (all: number[]): string => `median ${at(all, 0.5).toFixed(0)}, p95 ${at(all, 0.95).toFixed(0)}, most ${most(all).toFixed(0)}`;
const doing = (what: string): void => console.error(what);

/** A line of the table: what was measured, how, and what is asked for. */
const rows: string[] = [];
const row = (what: string, measured: string, goal = '', kept?: boolean): void => {
  rows.push(`| ${what} | ${measured} | ${goal} | ${kept === undefined ? '' : kept ? 'kept' : '**missed**'} |`);
};

/** From the click on the link to the first picture that is drawn; loads anew each time. */
async function firstPicture(page: Page, url: string): Promise<number> {
  await page.goto('about:blank');
  await page.goto(url, { waitUntil: 'commit' });
  const found = await page.waitForFunction(() => {
    const shown = [...document.querySelectorAll<HTMLVideoElement>('[data-testid="replay-tile"] video')].some((video) => video.readyState >= 2 && video.getVideoPlaybackQuality().totalVideoFrames > 0);
    return shown ? performance.now() : false;
  }, undefined, { polling: 10, timeout: 60_000 });
  return (await found.jsonValue()) as number;
}

/** Until all that should be seen and heard is at the new place. */
async function seekOnce(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const replay = (window as Watched).replay as Replay;
    const began = performance.now();
    replay.seek(5_000 + Math.random() * (replay.detail.length - 20_000));
    for (;;) {
      await new Promise((resume) => setTimeout(resume, 5));
      const all = replay.errors();
      if (all.length > 0 && all.every((each) => each.ready)) return performance.now() - began;
      if (performance.now() - began > 20_000) return Infinity;
    }
  });
}

interface Drift {
  video: number[];
  audio: number[];
  spread: number[];
}

/** How far tracks are from the clock, and from each other, ten times a second. */
async function play(page: Page, rate: number): Promise<Drift> {
  await page.evaluate((speed) => {
    const replay = (window as Watched).replay as Replay;
    replay.seek(replay.detail.length / 6);
    replay.setRate(speed);
    replay.play();
  }, rate);
  await page.waitForTimeout(3_000);
  return page.evaluate(async (span) => {
    const replay = (window as Watched).replay as Replay;
    const out: Drift = { video: [], audio: [], spread: [] };
    const end = performance.now() + span * 1_000;
    while (performance.now() < end) {
      await new Promise((resume) => setTimeout(resume, 100));
      const ready = replay.errors().filter((each) => each.ready);
      for (const each of ready) (each.kind === 'video' ? out.video : out.audio).push(Math.abs(each.error));
      const errors = ready.map((each) => each.error);
      if (errors.length > 1) out.spread.push(Math.max(...errors) - Math.min(...errors));
    }
    replay.pause();
    return out;
  }, seconds);
}

/** Resident set of the largest page, MB. */
async function resident(): Promise<number> {
  const { processInfo } = await browserSession.send('SystemInfo.getProcessInfo');
  const sizes = processInfo.filter((each) => each.type === 'renderer').map(async (each) => Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${each.id}/status`, 'utf8').catch(() => ''))?.[1] ?? 0) / 1e3);
  return most(await Promise.all(sizes));
}

const load = async (): Promise<string> => (await readFile('/proc/loadavg', 'utf8').catch(() => 'unknown')).split(' ')[0] ?? '';

const bridge = await startBridge({ args: ['--demo', ...(process.env.DATA === undefined ? [] : ['--data', process.env.DATA])], config: `recording: {dir: ${JSON.stringify(archive)}}\n` });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--autoplay-policy=no-user-gesture-required', '--disable-background-timer-throttling', '--disable-renderer-backgrounding'] });
const browserSession = await browser.newBrowserCDPSession();
try {
  const page = await (await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: 'vi-VN' })).newPage();
  const signed = await page.request.post(`${bridge.url}/api/sign-in`, { data: { user: 'luutru', password } });
  if (!signed.ok()) {
    await page.goto(`${bridge.url}/dang-nhap`);
    await page.getByRole('textbox', { name: 'Tên đăng nhập' }).fill('luutru');
    await page.getByLabel('Mật khẩu', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Đăng nhập', exact: true }).click();
    await page.waitForURL('**/trang-chu');
  }
  const list = (await (await page.request.get(`${bridge.url}/api/archive/recordings`)).json()) as { items: { id: string; length: number }[] };
  const [item] = list.items.sort((a, b) => b.length - a.length);
  if (!item) throw new Error('the archive has no recording');
  const detail = (await (await page.request.get(`${bridge.url}/api/archive/recordings/${item.id}`)).json()) as { tracks: unknown[] };
  const before = await load();
  let led = 'single voices';
  if (process.env.MIX !== undefined) {
    doing('waiting for the sound mix');
    const began = Date.now();
    for (;;) {
      const made = (await (await page.request.get(`${bridge.url}/api/archive/recordings/${item.id}/companions`)).json()) as { mix: { done: boolean } };
      if (made.mix.done) break;
      await page.waitForTimeout(500);
    }
    led = `led by the sound mix, which was made in ${((Date.now() - began) / 1_000).toFixed(0)} s`;
  }
  const url = `${bridge.url}/kho/${item.id}?t=${Math.round(item.length / 18_000)}`; // ten minutes into three hours
  doing('first picture');
  const firsts: number[] = [];
  for (let i = 0; i < 6; i++) firsts.push(await firstPicture(page, url));
  const again = firsts.slice(1); // the first fills the browser's cache of the application
  row('first picture, ms, page loaded anew (5 times)', `${said(again)}; with an empty cache ${firsts[0]?.toFixed(0)}`, '1000', at(again, 0.5) <= 1_000);
  if (process.env.LAYOUT !== undefined) await page.keyboard.press(process.env.LAYOUT);
  await page.waitForTimeout(1_500);
  const sizes: number[] = [];
  const watching = setInterval(() => void resident().then((size) => sizes.push(size)), 5_000);
  doing(`${seeks} seeks`);
  const taken: number[] = [];
  for (let i = 0; i < seeks; i++) taken.push(await seekOnce(page));
  row(`random seek until all tracks are there, ms (${seeks} times)`, said(taken), 'median 500', at(taken, 0.5) <= 500);
  for (const rate of [1, 2]) {
    doing(`${seconds} s at ${rate}x`);
    const drift = await play(page, rate);
    const under = (100 * drift.spread.filter((each) => each < 80).length) / drift.spread.length;
    row(`tracks apart at ${rate}x, ms, ${seconds} s, ten times a second`, `${said(drift.spread)}; under 80 in ${under.toFixed(2)} %`, '80', at(drift.spread, 0.95) < 80);
    row(`from the clock at ${rate}x, ms`, `pictures ${said(drift.video)}; sound ${said(drift.audio)}`);
  }
  clearInterval(watching);
  sizes.push(await resident());
  row("resident set of the page's process, MB", `most ${most(sizes).toFixed(0)}, at the end ${sizes.at(-1)?.toFixed(0)}`, '500', most(sizes) < 500);
  const head = `${new Date().toISOString().slice(0, 10)}, ${availableParallelism()} cores, load average ${before} before and ${await load()} after; ${(item.length / 60_000).toFixed(0)} min, ${detail.tracks.length} tracks, ${led}`;
  console.log([`| ${head} | measured | goal | |`, '|---|---|---|---|', ...rows].join('\n'));
} finally {
  await browser.close();
  await bridge.stop();
}
