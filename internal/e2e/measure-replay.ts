/**
 * Measures the player with a generated archive (docs/performance.md, P9): first picture, random seeks, drift at 1x and
 * 2x, memory of the page. Not a test: figures depend on the machine. Run it by `make measure-replay`.
 *
 *   DATA     folder of the bridge's data, to keep the sound mix between runs; MIX=1 waits until it is made
 *   ARCHIVE  folder of recordings; PLAY seconds of play at each speed (120); SEEKS how many (50); LAYOUT 1 to 5
 */
import { chromium, type CDPSession, type Page } from '@playwright/test';
import { startBridge } from './bridge';
import { password } from './app/office';

const archive = process.env.ARCHIVE;
if (archive === undefined) throw new Error('ARCHIVE names no folder');
const seconds = Number(process.env.PLAY ?? 120);
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
const said = (all: number[]): string => `median ${at(all, 0.5).toFixed(0)}, p95 ${at(all, 0.95).toFixed(0)}, most ${Math.max(...all).toFixed(0)}`;

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
    replay.seek(1_800_000);
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

async function memory(session: CDPSession): Promise<string> {
  await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  const heap = (metrics.find((each) => each.name === 'JSHeapUsedSize')?.value ?? 0) / 1e6;
  const { processInfo } = await browserSession.send('SystemInfo.getProcessInfo');
  const { readFile } = await import('node:fs/promises');
  const sizes = await Promise.all(
    processInfo.filter((each) => each.type === 'renderer').map(async (each) => Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${each.id}/status`, 'utf8'))?.[1] ?? 0) / 1e3),
  );
  return `JavaScript heap ${heap.toFixed(0)} MB, resident set of the page's process ${Math.max(...sizes).toFixed(0)} MB`;
}

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
  console.log(`recording of ${(item.length / 60_000).toFixed(0)} min`);
  if (process.env.MIX !== undefined) {
    const began = Date.now();
    for (;;) {
      const made = (await (await page.request.get(`${bridge.url}/api/archive/recordings/${item.id}/companions`)).json()) as { mix: { done: boolean } };
      if (made.mix.done) break;
      await page.waitForTimeout(500);
    }
    console.log(`sound mix made after ${((Date.now() - began) / 1_000).toFixed(0)} s`);
  }
  const url = `${bridge.url}/kho/${item.id}?t=600`;
  const firsts: number[] = [];
  for (let i = 0; i < 5; i++) firsts.push(await firstPicture(page, url));
  console.log(`first picture, page loaded anew (ms): first ${firsts[0]?.toFixed(0)}; ${said(firsts.slice(1))}`);
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  if (process.env.LAYOUT !== undefined) await page.keyboard.press(process.env.LAYOUT);
  await page.waitForTimeout(1_500);
  const taken: number[] = [];
  for (let i = 0; i < seeks; i++) taken.push(await seekOnce(page));
  console.log(`${seeks} random seeks (ms): ${said(taken)}`);
  for (const rate of [1, 2]) {
    const drift = await play(page, rate);
    console.log(`${rate}x for ${seconds} s, ms from the clock: pictures ${said(drift.video)}; sound ${said(drift.audio)}; between tracks ${said(drift.spread)}, under 80 in ${((100 * drift.spread.filter((each) => each < 80).length) / drift.spread.length).toFixed(1)} %`);
  }
  console.log(await memory(session));
} finally {
  await browser.close();
  await bridge.stop();
}
