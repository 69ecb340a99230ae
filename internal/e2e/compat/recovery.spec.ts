import { freePort, startBridge } from '../bridge';
import { expect, issue, test } from './fixture';
import { countSeen, forget, joinPoint, waitAudio, waitSeen, waitVideo } from './steps';

for (const single of [true, false]) {
  const mode = single ? 'single connection' : 'dual connection';

  test(`a cut socket resumes and nobody else notices, ${mode}`, async ({ compat, client: page }) => {
    await joinPoint(compat, page, 'a', { single });
    await joinPoint(compat, page, 'b', { single });
    await page.evaluate(() => window.harness.point('a').room.localParticipant.enableCameraAndMicrophone());
    await waitVideo(page, 'b', 'a');
    for (const who of ['a', 'b']) {
      await forget(page, 'a');
      await forget(page, 'b');
      const took = await page.evaluate(async (me) => {
        const { room } = window.harness.point(me);
        const start = performance.now();
        const back = new Promise<number>((done) => room.once('reconnected', () => done(performance.now() - start)));
        await room.simulateScenario('signal-reconnect');
        return back;
      }, who);
      console.log(`${mode}: ${who}'s socket cut and resumed in ${took.toFixed(0)} ms (the client waits 2 s of them)`);
      expect(took).toBeLessThan(5_000);
      await waitVideo(page, 'b', 'a');
      const other = who === 'a' ? 'b' : 'a';
      for (const event of ['participantConnected', 'participantDisconnected', 'trackPublished', 'trackUnpublished', 'trackUnsubscribed']) {
        expect(await countSeen(page, other, event), `${event} at ${other}`).toBe(0);
      }
    }
  });

  for (const scenario of ['resume-reconnect', 'full-reconnect', 'leave-full-reconnect', 'disconnect-signal-on-resume', 'disconnect-signal-on-resume-no-messages'] as const) {
    test(`${scenario}: media flows again by itself, ${mode}`, async ({ compat, client: page }) => {
      await joinPoint(compat, page, 'a', { single });
      await joinPoint(compat, page, 'b', { single });
      await page.evaluate(() => window.harness.point('a').room.localParticipant.enableCameraAndMicrophone());
      await waitVideo(page, 'b', 'a');
      const took = await page.evaluate(async (what) => {
        const { room } = window.harness.point('a');
        const start = performance.now();
        const back = new Promise<number>((done) => room.once('reconnected', () => done(performance.now() - start)));
        await room.simulateScenario(what);
        return back;
      }, scenario);
      await waitVideo(page, 'b', 'a');
      await waitAudio(page, 'b', 'a');
      console.log(`${mode}: ${scenario} back after ${took.toFixed(0)} ms`);
    });
  }
}

test('a server-side leave ends the session without a retry', async ({ compat, client: page }) => {
  await joinPoint(compat, page, 'a');
  await page.evaluate(() => window.harness.point('a').room.simulateScenario('server-leave'));
  await waitSeen(page, 'a', 'disconnected');
  expect(await countSeen(page, 'a', 'reconnecting')).toBe(0);
});

test('a node that forgets the session makes the client join anew', async ({ compat, client: page }) => {
  await joinPoint(compat, page, 'a');
  await joinPoint(compat, page, 'b');
  await page.evaluate(() => window.harness.point('a').room.localParticipant.setCameraEnabled(true));
  await waitVideo(page, 'b', 'a');
  await page.evaluate(() => window.harness.point('a').room.simulateScenario('node-failure'));
  await waitSeen(page, 'a', 'reconnected', undefined, 40_000);
  await waitVideo(page, 'b', 'a');
});

test('the speaker scenario shows a speaker', async ({ compat, client: page }) => {
  await joinPoint(compat, page, 'a');
  await joinPoint(compat, page, 'b');
  await page.evaluate(() => window.harness.point('a').room.simulateScenario('speaker'));
  await waitSeen(page, 'a', 'speakers');
});

test('media moves to TCP when told to', async ({ compat, client: page }) => {
  await joinPoint(compat, page, 'a');
  await joinPoint(compat, page, 'b');
  await page.evaluate(() => window.harness.point('a').room.localParticipant.setCameraEnabled(true));
  await waitVideo(page, 'b', 'a');
  await page.evaluate(() => window.harness.point('a').room.simulateScenario('force-tcp'));
  await waitSeen(page, 'a', 'reconnected', undefined, 30_000);
  await waitVideo(page, 'b', 'a');
  const protocol = await page.evaluate(async () => {
    const report = await window.harness.point('a').room.engine.pcManager?.publisher.getStats();
    const candidates = new Map<string, { protocol: string }>();
    let local = '';
    report?.forEach((s) => {
      if (s.type === 'local-candidate') candidates.set(s.id, s);
      if (s.type === 'candidate-pair' && s.nominated && s.state === 'succeeded') local = s.localCandidateId;
    });
    return candidates.get(local)?.protocol;
  });
  expect(protocol).toBe('tcp');
});

test('a renewed token outlives the first one', async ({ compat, client: page }) => {
  await joinPoint(compat, page, 'a', {}, { ttl: 2 });
  await joinPoint(compat, page, 'b');
  const lasts = () =>
    page.evaluate(() => {
      const token: string = (window.harness.point('a').room.engine as unknown as { token?: string }).token ?? '';
      const claims = JSON.parse(atob((token.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/') || 'e30=')) as { exp?: number };
      return (claims.exp ?? 0) - Date.now() / 1000;
    });
  await expect.poll(lasts).toBeGreaterThan(500);
});

test('after a restart of the server the client joins the new process and publishes again', async ({ clientPage, browser, bridge }) => {
  test.skip(bridge.external, 'the server is not ours to restart');
  const http = `127.0.0.1:${await freePort()}`;
  const first = await startBridge({ http });
  const page = await (await browser.newContext({ permissions: ['camera', 'microphone'] })).newPage();
  await page.goto(clientPage);
  for (const name of ['a', 'b']) {
    const token = await issue(first, 'restart', name, {});
    await page.evaluate(([me, url, t]) => window.harness.join(me, url, t, { keepTrying: true }), [name, first.wsUrl, token] as const);
  }
  await page.evaluate(() => window.harness.point('a').room.localParticipant.setCameraEnabled(true));
  await waitVideo(page, 'b', 'a');
  await first.kill();
  const second = await startBridge({ http });
  const start = Date.now();
  await waitSeen(page, 'a', 'reconnected', undefined, 40_000);
  await waitSeen(page, 'b', 'reconnected', undefined, 40_000);
  await waitVideo(page, 'b', 'a');
  console.log(`restart: media again ${Date.now() - start} ms after the new process was ready`);
  await page.context().close();
  await second.stop();
});
