import { freePort, startBridge } from '../bridge';
import { expect, issue, test } from './fixture';
import { waitAudio, waitVideo } from './steps';

for (const transport of ['udp', 'tcp'] as const) {
  test(`points that may only use the relay meet over ${transport}`, async ({ bridge, browser, clientPage }) => {
    test.skip(bridge.external, 'the server must be told to relay');
    const port = await freePort();
    const own = await startBridge({ http: '127.0.0.1:0', config: `turn: {udp_port: ${transport === 'udp' ? port : 0}, tcp_port: ${transport === 'tcp' ? port : 0}}\n` });
    const page = await (await browser.newContext({ permissions: ['camera', 'microphone'] })).newPage();
    await page.goto(clientPage);
    for (const name of ['a', 'b']) {
      const token = await issue(own, 'relay', name, {});
      await page.evaluate(([me, url, t]) => window.harness.join(me, url, t, { relayOnly: true }), [name, own.wsUrl, token] as const);
    }
    await page.evaluate(() => window.harness.point('a').room.localParticipant.enableCameraAndMicrophone());
    await waitVideo(page, 'b', 'a');
    await waitAudio(page, 'b', 'a');
    const used = await page.evaluate(async () => {
      const report = await window.harness.point('a').room.engine.pcManager?.publisher.getStats();
      const local = new Map<string, { candidateType: string; relayProtocol?: string }>();
      let pair = '';
      report?.forEach((s) => {
        if (s.type === 'local-candidate') local.set(s.id, s);
        if (s.type === 'candidate-pair' && s.nominated && s.state === 'succeeded') pair = s.localCandidateId;
      });
      const candidate = local.get(pair);
      return `${candidate?.candidateType} ${candidate?.relayProtocol}`;
    });
    expect(used).toBe(`relay ${transport}`);
    await page.context().close();
    await own.stop();
  });
}
