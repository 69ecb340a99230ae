import { expect, test } from './fixture';
import { countSeen, joinPoint, waitSeen, waitVideo } from './steps';

const refused = async (page: import('@playwright/test').Page, url: string, token: string) =>
  page.evaluate(
    ([u, t]) =>
      window.harness.join('refused', u, t).then(
        () => ({ name: 'joined', reason: '', status: 0, message: '' }),
        (e: { name: string; reason: number; status?: number; message: string }) => ({ name: e.name, reason: window.harness.lk.ConnectionErrorReason[e.reason] ?? '', status: e.status ?? 0, message: e.message }),
      ),
    [url, token] as const,
  );

test('bad, expired and joinless tokens are refused with the server’s words', async ({ compat, client: page }) => {
  const cases: [string, string][] = [
    ['garbage', 'not.a.token'],
    ['foreign', (await compat.token('a')).slice(0, -6) + 'AAAAAA'],
    ['expired', await compat.token('a', { ttl: -3600 })],
    ['joinless', await compat.token('a', { grant: { roomJoin: false } })],
  ];
  for (const [what, token] of cases) {
    const error = await refused(page, compat.bridge.wsUrl, token);
    expect(error, what).toMatchObject({ name: 'ConnectionError', reason: 'NotAllowed' });
    expect(error.message.length, what).toBeGreaterThan(5);
  }
});

test('the same identity in two tabs: the first is told and stays out', async ({ compat, client: a }) => {
  const b = await compat.openPage();
  await joinPoint(compat, a, 'first', {}, { identity: 'twin' });
  await joinPoint(compat, b, 'watcher');
  await joinPoint(compat, b, 'second', {}, { identity: 'twin' });
  expect((await waitSeen(a, 'first', 'disconnected')).detail).toBe('DUPLICATE_IDENTITY');
  const twins = await b.evaluate(() => [...window.harness.point('watcher').room.remoteParticipants.keys()]);
  expect(twins).toEqual(['twin']);
  expect(await b.evaluate(() => window.harness.point('second').room.state)).toBe('connected');
  expect(await countSeen(a, 'first', 'reconnected')).toBe(0);
});

test('a page that slept while its point joined elsewhere is told, and stays out', async ({ compat, client: b }) => {
  const a = await compat.openPage();
  let asleep = false;
  const sockets: import('@playwright/test').WebSocketRoute[] = [];
  await a.routeWebSocket(/\/rtc/, (page) => {
    const bridge = page.connectToServer();
    sockets.push(page);
    page.onMessage((m) => bridge.send(m));
    bridge.onMessage((m) => asleep || page.send(m));
    bridge.onClose(() => asleep || page.close());
  });
  await a.reload();
  await joinPoint(compat, a, 'first', {}, { identity: 'twin' });
  await joinPoint(compat, b, 'watcher');
  asleep = true;
  await joinPoint(compat, b, 'second', {}, { identity: 'twin' });
  asleep = false;
  await Promise.all(sockets.map((s) => s.close())); // it wakes, and finds its socket dead
  expect((await waitSeen(a, 'first', 'disconnected')).detail).toBe('DUPLICATE_IDENTITY');
  expect(sockets.length, 'it has tried to resume').toBeGreaterThan(1);
  await b.waitForTimeout(3_000); // as long as its reconnecting would take
  expect(await countSeen(b, 'second', 'disconnected')).toBe(0);
  expect(await countSeen(b, 'second', 'signalReconnecting')).toBe(0);
  expect(await b.evaluate(() => window.harness.point('second').room.state)).toBe('connected');
});

test('leaving shows at the others at once', async ({ compat, client: page }) => {
  await joinPoint(compat, page, 'a');
  await joinPoint(compat, page, 'b');
  const took = await page.evaluate(async () => {
    const start = performance.now();
    const gone = new Promise<number>((done) => window.harness.point('b').room.once('participantDisconnected', () => done(performance.now() - start)));
    await window.harness.point('a').room.disconnect();
    return gone;
  });
  expect(took).toBeLessThan(500);
});

test('a killed tab is gone for the others within 30 s', async ({ compat, client: page }) => {
  const doomed = await compat.openPage();
  await joinPoint(compat, page, 'a');
  await joinPoint(compat, doomed, 'doomed');
  await doomed.evaluate(() => window.harness.point('doomed').room.localParticipant.setMicrophoneEnabled(true));
  await waitSeen(page, 'a', 'trackSubscribed', 'doomed');
  const session = await doomed.context().newCDPSession(doomed);
  const start = Date.now();
  void session.send('Page.crash').catch(() => {}); // a crashed page answers nothing
  await waitSeen(page, 'a', 'participantDisconnected', 'doomed', 30_000);
  console.log(`killed tab gone after ${Date.now() - start} ms`);
});

test('a client without autoSubscribe gets nothing until it asks', async ({ compat, client: page }) => {
  await joinPoint(compat, page, 'a');
  await page.evaluate(() => window.harness.publishMoving('a', { width: 320, height: 180, fps: 15 }));
  await joinPoint(compat, page, 'b', { autoSubscribe: false });
  await expect.poll(() => page.evaluate(() => window.harness.point('b').room.getParticipantByIdentity('a')?.trackPublications.size)).toBe(1);
  expect(await countSeen(page, 'b', 'trackSubscribed')).toBe(0);
  await page.evaluate(() => window.harness.remotePublication('b', 'a').setSubscribed(true));
  await waitVideo(page, 'b', 'a');
});

test('subscribing and unsubscribing 50 times ends as last asked', async ({ compat, client: page }) => {
  await joinPoint(compat, page, 'a');
  await page.evaluate(() => window.harness.publishMoving('a', { width: 320, height: 180, fps: 15 }));
  await joinPoint(compat, page, 'b');
  await waitVideo(page, 'b', 'a');
  await page.evaluate(async () => {
    const pub = window.harness.remotePublication('b', 'a');
    for (let i = 0; i < 50; i += 1) {
      pub.setSubscribed(false);
      await new Promise((done) => setTimeout(done, i % 7));
      pub.setSubscribed(true);
      await new Promise((done) => setTimeout(done, i % 11));
    }
  });
  await waitVideo(page, 'b', 'a');
});

test('the longest names and Vietnamese text arrive whole', async ({ compat, client: page }) => {
  const name = 'Đặc khu Đảo Ví Dụ – điểm cầu số 2';
  await joinPoint(compat, page, 'a', {}, { name, metadata: '{"loại":"xã"}', attributes: { 'chức vụ': 'Chủ tịch' } });
  await joinPoint(compat, page, 'b');
  const seen = await page.evaluate(() => {
    const a = window.harness.point('b').room.getParticipantByIdentity('a');
    return { name: a?.name, metadata: a?.metadata, attributes: { ...a?.attributes } };
  });
  expect(seen).toEqual({ name, metadata: '{"loại":"xã"}', attributes: { 'chức vụ': 'Chủ tịch' } });
});
