import type { Page } from '@playwright/test';

import { expect, test } from './fixture';
import { joinPoint, waitVideo } from './steps';

const at = (page: Page) => page.evaluate(() => window.harness.video('b', 'a'));

test('simulcast layers follow what is asked, without decode errors or freezes', async ({ compat, client: page }) => {
  await joinPoint(compat, page, 'a');
  await joinPoint(compat, page, 'b');
  await page.evaluate(() => window.harness.publishMoving('a', { width: 1280, height: 720, fps: 20, videoCodec: 'vp8' }));
  await waitVideo(page, 'b', 'a');
  for (const [quality, height] of [['LOW', 180], ['MEDIUM', 360], ['LOW', 180], ['HIGH', 720]] as const) {
    await page.evaluate((q) => window.harness.remotePublication('b', 'a').setVideoQuality(window.harness.lk.VideoQuality[q]), quality);
    await expect.poll(async () => (await at(page)).height, { timeout: 20_000, message: `height at ${quality}` }).toBe(height);
    await waitVideo(page, 'b', 'a');
  }
  const end = await at(page);
  expect(end.plis).toBeLessThan(10);
});

test('adaptive stream: hidden video stops, small gets low, large gets high', async ({ compat, client: page }) => {
  await joinPoint(compat, page, 'a');
  await joinPoint(compat, page, 'b', { adaptiveStream: true });
  await page.evaluate(() => window.harness.publishMoving('a', { width: 1280, height: 720, fps: 20, videoCodec: 'vp8' }));
  await waitVideo(page, 'b', 'a');
  const size = (css: string) =>
    page.evaluate((s) => {
      const element = window.harness.point('b').elements.get('a/camera');
      if (element) element.style.cssText = s;
    }, css);
  await size('width:160px;height:90px');
  await expect.poll(async () => (await at(page)).height, { timeout: 20_000 }).toBe(180);
  await size('width:1280px;height:720px');
  await expect.poll(async () => (await at(page)).height, { timeout: 20_000 }).toBe(720);
  await size('display:none');
  await expect
    .poll(
      async () => {
        const before = (await at(page)).bytes;
        await new Promise((done) => setTimeout(done, 700));
        return (await at(page)).bytes - before;
      },
      { timeout: 20_000 },
    )
    .toBeLessThan(2_000);
  await size('width:640px;height:360px');
  await waitVideo(page, 'b', 'a');
});

test('dynacast: without a subscriber the layers stop, with one they come within a second', async ({ compat, client: page }) => {
  await joinPoint(compat, page, 'a', { dynacast: true });
  await joinPoint(compat, page, 'b');
  await page.evaluate(() => window.harness.publishMoving('a', { width: 1280, height: 720, fps: 20, videoCodec: 'vp8' }));
  await waitVideo(page, 'b', 'a');
  const active = () =>
    page.evaluate(() => {
      const pub = window.harness.point('a').room.localParticipant.getTrackPublication(window.harness.lk.Track.Source.Camera);
      return pub?.videoTrack?.sender?.getParameters().encodings.map((e) => e.active) ?? [];
    });
  await page.evaluate(() => window.harness.remotePublication('b', 'a').setVideoQuality(window.harness.lk.VideoQuality.LOW));
  await expect.poll(active, { timeout: 15_000 }).toEqual([true, false, false]);
  await page.evaluate(() => window.harness.remotePublication('b', 'a').setSubscribed(false));
  await expect.poll(active, { timeout: 15_000 }).toEqual([false, false, false]);
  await page.evaluate(() => window.harness.remotePublication('b', 'a').setSubscribed(true));
  await expect.poll(async () => (await active())[0], { timeout: 3_000 }).toBe(true);
  await waitVideo(page, 'b', 'a');
});
