import type { Page } from '@playwright/test';

import { startBridge } from '../bridge';
import { expect, issue, test } from './fixture';
import { joinPoint, waitVideo } from './steps';

/** Bytes and packets that the point's publishing connection has sent, at a time in ms. */
const sent = (page: Page, name: string) =>
  page.evaluate(async (me) => {
    const pub = window.harness.point(me).room.localParticipant.getTrackPublication(window.harness.lk.Track.Source.Camera);
    const found = { bytes: 0, packets: 0, at: 0 };
    (await pub?.videoTrack?.sender?.getStats())?.forEach((s: { type: string; timestamp: number; bytesSent: number; packetsSent: number }) => {
      if (s.type === 'transport') Object.assign(found, { bytes: s.bytesSent, packets: s.packetsSent, at: s.timestamp });
    });
    return found;
  }, name);

/** What it sends over some seconds, bit/s with the headers of IP and UDP. */
async function rate(page: Page, name: string, seconds: number): Promise<number> {
  const from = await sent(page, name);
  await page.waitForTimeout(seconds * 1000);
  const to = await sent(page, name);
  return ((to.bytes - from.bytes + 28 * (to.packets - from.packets)) * 8000) / (to.at - from.at);
}

// In layers the bridge says which to send; of one layer it bounds the client's own estimate.
// The test's picture takes 1.3 Mbit/s in layers, and 145 kbit/s in one.
for (const [simulcast, limit] of [[true, 500_000], [false, 110_000]] as const) {
  test(`P7: an uplink limit holds with the stock client, ${simulcast ? 'in layers' : 'in one layer'}, and the picture goes on`, async ({ compat, client: page }) => {
    const bridge = await startBridge({ config: `room:\n  line_kbps: ${limit / 1000}\n` });
    try {
      const thin = { ...compat, bridge, token: (identity: string) => issue(bridge, compat.room, identity, {}) };
      await joinPoint(thin, page, 'a', { dynacast: true });
      await joinPoint(thin, page, 'b');
      await page.evaluate((s) => window.harness.publishMoving('a', { width: 1280, height: 720, fps: 30, videoCodec: 'vp8', simulcast: s }), simulcast);
      await waitVideo(page, 'b', 'a');
      await expect.poll(() => rate(page, 'a', 3), { timeout: 30_000, intervals: [0], message: 'bit/s sent' }).toBeLessThan(limit);
      const settled = await rate(page, 'a', 6);
      console.log(`${Math.round(settled / 1000)} kbit/s of ${limit / 1000}`);
      expect(settled).toBeLessThan(limit);
      await waitVideo(page, 'b', 'a');
    } finally {
      await bridge.stop();
    }
  });
}
