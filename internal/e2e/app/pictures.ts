import type { Locator, Page } from '@playwright/test';
import type { Point } from './fixture';

/**
 * When each screen shows the point in its large place with a picture that moves, in milliseconds since 1970. Not by
 * Date, which a test may have put wrong.
 */
export async function watchPictures(screens: readonly Point[], point: Point): Promise<{ shown: Promise<number>[] }> {
  const begun = screens.map((screen) =>
    screen.page.evaluateHandle((id) => {
      const seen = new Promise<number>((done, fail) => {
        const begun = performance.now();
        let frames = -1;
        const look = () => {
          if (performance.now() - begun > 25_000) {
            const there = [...document.querySelectorAll('[data-testid="point"]')].map((tile) => `${tile.getAttribute('data-role') ?? ''}: ${tile.textContent}`);
            return fail(new Error(`${id} is not seen moving in the large place of ${document.title}; frames ${frames}; there are ${there.join(', ')}`));
          }
          const video = document.querySelector<HTMLVideoElement>(`[data-testid="point"][data-identity="${id}"][data-role="main"] video`);
          const now = video?.getVideoPlaybackQuality().totalVideoFrames ?? -1;
          if (now > 0 && frames >= 0 && now > frames) return done(performance.timeOrigin + performance.now());
          if (video) frames = frames < 0 ? now : frames;
          else frames = -1;
          requestAnimationFrame(look);
        };
        look();
      });
      return { seen };
    }, point.id),
  );
  const handles = await Promise.all(begun);
  return { shown: handles.map((handle) => handle.evaluate(({ seen }) => seen)) };
}

/** When the page took the click. */
export async function clickTime(page: Page, button: Locator): Promise<number> {
  const taken = page.evaluate(() => new Promise<number>((done) => window.addEventListener('click', () => done(performance.timeOrigin + performance.now()), { once: true, capture: true })));
  await button.click();
  return taken;
}

/**
 * A small picture that moves, so that many points fit on one machine, from a camera that can be unplugged and plugged
 * in again.
 */
export async function smallCamera(page: Page): Promise<void> {
  await page.addInitScript(() => {
    if (!navigator.mediaDevices) return; // about:blank has none
    const { mediaDevices } = navigator;
    const real = mediaDevices.getUserMedia.bind(mediaDevices);
    const list = mediaDevices.enumerateDevices.bind(mediaDevices);
    const open: MediaStreamTrack[] = [];
    let gone = false;
    const picture = () => {
      const canvas = document.createElement('canvas');
      Object.assign(canvas, { width: 320, height: 180 });
      const pen = canvas.getContext('2d');
      let count = 0;
      setInterval(() => {
        if (!pen) return;
        pen.fillStyle = `hsl(${(count * 9) % 360} 60% 45%)`;
        pen.fillRect(0, 0, 320, 180);
        pen.fillStyle = '#fff';
        pen.fillRect((count++ * 8) % 320, 60, 24, 60);
      }, 100);
      return canvas.captureStream(10).getVideoTracks();
    };
    mediaDevices.getUserMedia = async (constraints) => {
      if (!constraints?.video) return real(constraints);
      if (gone) throw new DOMException('unplugged', 'NotFoundError');
      const tracks = picture();
      open.push(...tracks);
      const sound = constraints.audio ? (await real({ audio: constraints.audio })).getAudioTracks() : [];
      return new MediaStream([...tracks, ...sound]);
    };
    mediaDevices.enumerateDevices = async () => (await list()).filter((device) => !gone || device.kind !== 'videoinput');
    Reflect.set(window, 'unplug', () => {
      gone = true;
      for (const track of open) {
        track.stop();
        track.dispatchEvent(new Event('ended'));
      }
      mediaDevices.dispatchEvent(new Event('devicechange'));
    });
    Reflect.set(window, 'plugIn', () => {
      gone = false;
      mediaDevices.dispatchEvent(new Event('devicechange'));
    });
  });
}

export const callIn = (page: Page, name: 'unplug' | 'plugIn') => page.evaluate((each) => (Reflect.get(window, each) as () => void)(), name);

/** A machine that stands in another country and whose clock is three hours slow. */
export async function wrongClock(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setTimezoneOverride', { timezoneId: 'America/Los_Angeles' });
  await page.addInitScript(() => {
    const Real = Date;
    const slow = 3 * 3_600_000;
    class Slow extends Real {
      constructor(...given: []) {
        if (given.length === 0) super(Real.now() - slow);
        else super(...given);
      }
      static override now(): number {
        return Real.now() - slow;
      }
    }
    window.Date = Slow as DateConstructor;
  });
}
