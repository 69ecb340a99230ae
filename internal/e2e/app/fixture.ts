import { test as base, expect, type Browser, type BrowserContext, type Locator, type Page } from '@playwright/test';
import { startBridge, type Bridge } from '../bridge';

interface DemoPoint {
  id: string;
  name: string;
}

/** One room of the meeting: a browser window of its own, with its own storage. */
export class Point {
  constructor(
    readonly page: Page,
    readonly id: string,
    readonly name: string,
  ) {}

  tile(other: Pick<Point, 'id'>): Locator {
    return this.page.locator(`[data-testid="point"][data-identity="${other.id}"]`);
  }

  get tiles(): Locator {
    return this.page.getByTestId('point');
  }

  get banner(): Locator {
    return this.page.getByTestId('reconnecting');
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name, exact: typeof name === 'string' });
  }

  /** Clicks the way in. */
  async join(): Promise<void> {
    await this.page.getByRole('combobox', { name: 'Điểm cầu' }).click();
    await this.page.getByRole('option', { name: this.name, exact: true }).click();
    await this.button('Vào họp').click();
    await expect(this.tile(this)).toBeVisible();
  }

  async leave(): Promise<void> {
    await this.button('Rời cuộc họp').click();
    await this.page.getByRole('dialog').getByRole('button', { name: 'Rời cuộc họp' }).click();
    await expect(this.page.getByRole('heading', { name: 'Đã rời cuộc họp' })).toBeVisible();
  }

  /** Pictures of another point that this one has decoded so far. */
  async decoded(other: Point, kind: 'point' | 'content' = 'point'): Promise<number> {
    const video = this.page.locator(`[data-testid="${kind}"][data-identity="${other.id}"] video`);
    if ((await video.count()) === 0) return 0;
    return video.evaluate((element: HTMLVideoElement) => element.getVideoPlaybackQuality().totalVideoFrames);
  }

  /** Waits until the picture of another point moves. */
  async expectMoving(other: Point, kind: 'point' | 'content' = 'point'): Promise<void> {
    await expect.poll(() => this.decoded(other, kind), { timeout: 15_000 }).toBeGreaterThan(0);
    const before = await this.decoded(other, kind);
    await expect.poll(() => this.decoded(other, kind), { timeout: 20_000 }).toBeGreaterThan(before + 5);
  }

  /** The loudest moment, as RMS, of everything that is heard within the time. */
  async heard(ms = 1_500): Promise<number> {
    return this.page.evaluate(async (span) => {
      const context = new AudioContext();
      await context.resume();
      const analyser = context.createAnalyser();
      for (const audio of document.querySelectorAll('audio')) {
        const stream = audio.srcObject;
        if (stream instanceof MediaStream && stream.getAudioTracks().length > 0) {
          context.createMediaStreamSource(stream).connect(analyser);
        }
      }
      const samples = new Float32Array(analyser.fftSize);
      let loudest = 0;
      const end = performance.now() + span;
      while (performance.now() < end) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        analyser.getFloatTimeDomainData(samples);
        const sum = samples.reduce((total, sample) => total + sample * sample, 0);
        loudest = Math.max(loudest, Math.sqrt(sum / samples.length));
      }
      await context.close();
      return loudest;
    }, ms);
  }
}

/** Gives the page a microphone with a steady tone, louder than the browser's own short beeps. */
export async function steadyTone(page: Page, hertz = 440): Promise<void> {
  await page.addInitScript((pitch) => {
    if (!navigator.mediaDevices) return; // about:blank has none
    const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      if (!constraints?.audio || constraints.video) return real(constraints);
      const context = new AudioContext();
      const oscillator = context.createOscillator();
      const out = context.createMediaStreamDestination();
      oscillator.frequency.value = pitch;
      oscillator.connect(out);
      oscillator.start();
      return out.stream;
    };
  }, hertz);
}

/** Changes a window before the application is loaded. */
type Prepare = (page: Page) => Promise<unknown>;

export interface House {
  readonly bridge: Bridge;
  /** Opens a window for the point with this number in the sample meeting's list, still on the join page. */
  open(index: number, prepare?: Prepare, url?: string): Promise<Point>;
  /** The same, and joins. */
  join(index: number, prepare?: Prepare, url?: string): Promise<Point>;
}

/** Hosts that pages asked for, and rules of theirs that were broken. */
export interface Watch {
  readonly hosts: Set<string>;
  readonly faults: string[];
}

function watched(page: Page, watch: Watch): void {
  page.on('request', (request) => watch.hosts.add(new URL(request.url()).host));
  page.on('websocket', (socket) => watch.hosts.add(new URL(socket.url()).host));
  if (process.env.SHOW) page.on('console', (m) => console.log(Date.now() % 100000, m.text().slice(0, 260)));
  page.on('pageerror', (error) => watch.faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && message.text().includes('Content Security Policy')) watch.faults.push(message.text());
  });
}

async function points(url: string): Promise<DemoPoint[]> {
  const response = await fetch(`${url}/api/demo`);
  const demo = (await response.json()) as { points: DemoPoint[] };
  return demo.points;
}

type WorkerBridge = [({}: object, use: (bridge: Bridge) => Promise<void>) => Promise<void>, { scope: 'worker' }];

const sampleBridge = (): WorkerBridge => [
  async ({}, use) => {
    const bridge = await startBridge({ args: ['--demo'] });
    await use(bridge);
    await bridge.stop();
  },
  { scope: 'worker' },
];

export const test = base.extend<{ house: House; watch: Watch }, { demoBridge: Bridge }>({
  demoBridge: sampleBridge(),
  watch: async ({}, use) => {
    const watch: Watch = { hosts: new Set(), faults: [] };
    await use(watch);
    expect(watch.faults, 'errors and broken rules in the pages').toEqual([]);
  },
  house: async ({ demoBridge, browser, watch }, use) => {
    const house = houseOf(demoBridge, browser, watch);
    await use(house);
    await house.close();
  },
});

export function houseOf(bridge: Bridge, browser: Browser, watch: Watch): House & { close(): Promise<void> } {
  const contexts: BrowserContext[] = [];
  const open: House['open'] = async (index, prepare, url = bridge.url) => {
    const point = (await points(bridge.url))[index];
    if (!point) throw new Error(`the sample meeting has no point ${index}`);
    const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: 'vi-VN' });
    contexts.push(context);
    const page = await context.newPage();
    watched(page, watch);
    await prepare?.(page);
    await page.goto(url);
    return new Point(page, point.id, point.name);
  };
  return {
    bridge,
    open,
    join: async (index, prepare, url) => {
      const point = await open(index, prepare, url);
      await point.join();
      return point;
    },
    close: async () => {
      for (const context of contexts) {
        // Leaving the page says goodbye; a context that is only closed would haunt the next test's meeting.
        for (const page of context.pages()) await page.goto('about:blank').catch(() => undefined);
        await context.close();
      }
    },
  };
}

export { expect };

/** Tests with a bridge of their own: a meeting that was opened stays conducted, and others want a free room. */
export const testAlone = () => test.extend<object, { demoBridge: Bridge }>({ demoBridge: sampleBridge() });
