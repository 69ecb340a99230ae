import { expect, test } from './fixture';
import { countSeen, joinPoint, waitSeen } from './steps';

test('data goes to all and to chosen points, reliable and lossy, whole and in order', async ({ compat, client: page }) => {
  for (const name of ['a', 'b', 'c']) await joinPoint(compat, page, name);
  await page.evaluate(async () => {
    const me = window.harness.point('a').room.localParticipant;
    for (let i = 0; i < 50; i += 1) await me.publishData(new TextEncoder().encode(String(i)), { reliable: true, topic: 'dem' });
    await me.publishData(new Uint8Array(15_000), { reliable: true, topic: 'lon' });
    await me.publishData(new TextEncoder().encode('riêng'), { reliable: true, destinationIdentities: ['c'], topic: 'rieng' });
    await me.publishData(new TextEncoder().encode('nhanh'), { reliable: false, topic: 'nhanh' });
  });
  const got = (name: string, topic: string) =>
    page.evaluate(([me, t]) => window.harness.point(me).seen.filter((s) => s.event === 'data' && (s.detail as { topic: string }).topic === t).map((s) => s.detail as { text: string; size: number }), [name, topic] as const);
  for (const name of ['b', 'c']) {
    await expect.poll(async () => (await got(name, 'dem')).map((d) => d.text)).toEqual(Array.from({ length: 50 }, (_, i) => String(i)));
    await expect.poll(async () => (await got(name, 'lon')).map((d) => d.size)).toEqual([15_000]);
    await expect.poll(async () => (await got(name, 'nhanh')).length).toBe(1);
  }
  await expect.poll(async () => (await got('c', 'rieng')).map((d) => d.text)).toEqual(['riêng']);
  expect(await got('b', 'rieng')).toEqual([]);
  expect(await countSeen(page, 'a', 'data')).toBe(0);
});

test('text and byte streams of 1 MB arrive identical', async ({ compat, client: page }) => {
  for (const name of ['a', 'b']) await joinPoint(compat, page, name);
  const same = await page.evaluate(async () => {
    const [a, b] = [window.harness.point('a').room, window.harness.point('b').room];
    const text = 'điểm cầu '.repeat(90_000);
    const bytes = crypto.getRandomValues(new Uint8Array(65_536));
    const file = new File(Array.from({ length: 16 }, () => bytes), 'to-trinh.pdf');
    const gotText = new Promise<string>((done) => b.registerTextStreamHandler('van-ban', (reader) => void reader.readAll().then(done)));
    const gotFile = new Promise<Uint8Array[]>((done) => b.registerByteStreamHandler('tep', (reader) => void reader.readAll().then(done)));
    await a.localParticipant.sendText(text, { topic: 'van-ban' });
    await a.localParticipant.sendFile(file, { topic: 'tep' });
    const received = new Uint8Array(await new Blob((await gotFile) as BlobPart[]).arrayBuffer());
    const sent = new Uint8Array(await file.arrayBuffer());
    return { text: (await gotText) === text, file: received.length === sent.length && received.every((v, i) => v === sent[i]) };
  });
  expect(same).toEqual({ text: true, file: true });
});

test('a remote call answers, and one to nobody fails fast', async ({ compat, client: page }) => {
  for (const name of ['a', 'b']) await joinPoint(compat, page, name);
  const outcome = await page.evaluate(async () => {
    const [a, b] = [window.harness.point('a').room, window.harness.point('b').room];
    b.registerRpcMethod('vong', async (call) => `${call.callerIdentity}:${call.payload.length}`);
    const answer = await a.localParticipant.performRpc({ destinationIdentity: 'b', method: 'vong', payload: 'x'.repeat(15_000) });
    const start = performance.now();
    const error = await a.localParticipant.performRpc({ destinationIdentity: 'nobody', method: 'vong', payload: '' }).then(
      () => 'answered',
      (e: { code: number }) => e.code,
    );
    return { answer, error, took: performance.now() - start };
  });
  expect(outcome.answer).toBe('a:15000');
  expect(outcome.error).toBeGreaterThan(1000);
  expect(outcome.took).toBeLessThan(9_000);
});

test('chat messages go both ways', async ({ compat, client: page }) => {
  for (const name of ['a', 'b']) await joinPoint(compat, page, name);
  const texts = await page.evaluate(async () => {
    const [a, b] = [window.harness.point('a').room, window.harness.point('b').room];
    const next = (room: typeof a) => new Promise<string>((done) => room.on('chatMessage', (m, who) => who !== room.localParticipant && done(m.message)));
    const [atA, atB] = [next(a), next(b)];
    await a.localParticipant.sendChatMessage('Chào');
    await b.localParticipant.sendChatMessage('Nghe rõ');
    return [await atB, await atA];
  });
  expect(texts).toEqual(['Chào', 'Nghe rõ']);
});

test('metadata, name and attributes change with the right and are refused without', async ({ compat, client: page }) => {
  await joinPoint(compat, page, 'a', {}, { grant: { canUpdateOwnMetadata: true } });
  await joinPoint(compat, page, 'b');
  await page.evaluate(async () => {
    const me = window.harness.point('a').room.localParticipant;
    await me.setMetadata('mới');
    await me.setName('Xã Mới');
    await me.setAttributes({ tay: 'giơ', bỏ: 'x' });
    await me.setAttributes({ bỏ: '' });
  });
  await waitSeen(page, 'b', 'metadata', 'a');
  const seen = () =>
    page.evaluate(() => {
      const a = window.harness.point('b').room.getParticipantByIdentity('a');
      return { metadata: a?.metadata, name: a?.name, attributes: { ...a?.attributes } };
    });
  await expect.poll(seen).toEqual({ metadata: 'mới', name: 'Xã Mới', attributes: { tay: 'giơ' } });
  const refused = await page.evaluate(() =>
    window.harness
      .point('b')
      .room.localParticipant.setMetadata('x')
      .then(
        () => 'accepted',
        () => 'refused',
      ),
  );
  expect(refused).toBe('refused');
});
