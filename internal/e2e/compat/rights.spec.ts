import { TrackSource } from 'livekit-server-sdk';

import { expect, test } from './fixture';
import { joinPoint, waitSeen, waitVideo } from './steps';

test('a publisher decides who may subscribe', async ({ compat, client: page }) => {
  for (const name of ['a', 'b', 'c']) await joinPoint(compat, page, name);
  await page.evaluate(() => window.harness.publishMoving('a', { width: 320, height: 180, fps: 15 }));
  await waitVideo(page, 'b', 'a');
  await page.evaluate(() => window.harness.point('a').room.localParticipant.setTrackSubscriptionPermissions(false, [{ participantIdentity: 'c', allowAll: true }]));
  await waitSeen(page, 'b', 'trackUnsubscribed', 'a');
  await waitVideo(page, 'c', 'a');
  const status = () => page.evaluate(() => window.harness.remotePublication('b', 'a').permissionStatus);
  await expect.poll(status).toBe('not_allowed');
  await page.evaluate(() => window.harness.point('a').room.localParticipant.setTrackSubscriptionPermissions(true));
  await expect.poll(status).toBe('allowed');
  await waitVideo(page, 'b', 'a');
});

test('a right taken while live ends what it allowed, a right given brings it', async ({ compat, client: page }) => {
  await joinPoint(compat, page, 'a');
  await joinPoint(compat, page, 'b');
  await page.evaluate(() => window.harness.point('a').room.localParticipant.setCameraEnabled(true));
  await waitVideo(page, 'b', 'a');
  await compat.api.updateParticipant(compat.room, 'a', { permission: { canPublish: false, canSubscribe: true, canPublishData: true } });
  await waitSeen(page, 'b', 'trackUnpublished', 'a');
  await waitSeen(page, 'a', 'localTrackUnpublished');
  const publish = () => page.evaluate(() => window.harness.publishMoving('a', { width: 320, height: 180, fps: 15 }).then(() => 'published', () => 'refused'));
  expect(await publish()).toBe('refused');
  await compat.api.updateParticipant(compat.room, 'a', { permission: { canPublish: true, canSubscribe: true, canPublishData: true } });
  await expect.poll(() => page.evaluate(() => window.harness.point('a').room.localParticipant.permissions?.canPublish)).toBe(true);
  expect(await publish()).toBe('published');
  await waitVideo(page, 'b', 'a');
});

test('canSubscribe given later brings the tracks that were there', async ({ compat, client: page }) => {
  await joinPoint(compat, page, 'a');
  await page.evaluate(() => window.harness.publishMoving('a', { width: 320, height: 180, fps: 15 }));
  await joinPoint(compat, page, 'b', {}, { grant: { canSubscribe: false } });
  expect(await page.evaluate(() => window.harness.point('b').room.getParticipantByIdentity('a')?.trackPublications.size)).toBe(1);
  await compat.api.updateParticipant(compat.room, 'b', { permission: { canPublish: true, canSubscribe: true, canPublishData: true } });
  await waitVideo(page, 'b', 'a');
  await compat.api.updateParticipant(compat.room, 'b', { permission: { canPublish: true, canSubscribe: false, canPublishData: true } });
  await waitSeen(page, 'b', 'trackUnsubscribed', 'a');
});

test('only the sources of the token can be published', async ({ compat, client: page }) => {
  await joinPoint(compat, page, 'a', {}, { grant: { canPublishSources: [TrackSource.MICROPHONE] } });
  const outcome = await page.evaluate(async () => {
    const me = window.harness.point('a').room.localParticipant;
    const mic = await me.setMicrophoneEnabled(true).then(() => 'published', () => 'refused');
    const camera = await me.setCameraEnabled(true).then(() => 'published', () => 'refused');
    return { mic, camera };
  });
  expect(outcome).toEqual({ mic: 'published', camera: 'refused' });
});

test('a hidden point sees and is not seen', async ({ compat, client: page }) => {
  await joinPoint(compat, page, 'a');
  await joinPoint(compat, page, 'hidden', {}, { grant: { hidden: true, canPublish: false } });
  await page.evaluate(() => window.harness.publishMoving('a', { width: 320, height: 180, fps: 15 }));
  await waitVideo(page, 'hidden', 'a');
  expect(await page.evaluate(() => window.harness.point('a').room.remoteParticipants.size)).toBe(0);
});
