import { expect, test } from './fixture';
import { joinPoint, waitAudio, waitVideo, waitSeen } from './steps';

for (const single of [true, false]) {
  const mode = single ? 'single connection' : 'dual connection';

  test(`two points see and hear each other within 3 s, ${mode}`, async ({ compat, client: a }) => {
    const b = await compat.openPage();
    await joinPoint(compat, a, 'a', { single });
    await joinPoint(compat, b, 'b', { single });
    const start = Date.now();
    await Promise.all([a, b].map((page, i) => page.evaluate((me) => window.harness.point(me).room.localParticipant.enableCameraAndMicrophone(), i === 0 ? 'a' : 'b')));
    await Promise.all([waitVideo(a, 'a', 'b'), waitVideo(b, 'b', 'a'), waitAudio(a, 'a', 'b'), waitAudio(b, 'b', 'a')]);
    console.log(`${mode}: publish to picture and sound both ways ${Date.now() - start} ms`);
    expect(Date.now() - start).toBeLessThan(6_000);
  });

  test(`three points, a late joiner gets every track, ${mode}`, async ({ compat, client: page }) => {
    await joinPoint(compat, page, 'a', { single });
    await joinPoint(compat, page, 'b', { single });
    for (const name of ['a', 'b']) await page.evaluate((me) => window.harness.point(me).room.localParticipant.enableCameraAndMicrophone(), name);
    await waitVideo(page, 'a', 'b');
    await joinPoint(compat, page, 'late', { single });
    const known = await page.evaluate(() => [...window.harness.point('late').room.remoteParticipants.keys()].sort());
    expect(known).toEqual(['a', 'b']);
    await Promise.all([waitVideo(page, 'late', 'a'), waitVideo(page, 'late', 'b'), waitAudio(page, 'late', 'a'), waitAudio(page, 'late', 'b')]);
  });

  test(`publishing and unpublishing 20 times leaves moving pictures, ${mode}`, async ({ compat, client: page }) => {
    await joinPoint(compat, page, 'a', { single });
    await joinPoint(compat, page, 'b', { single });
    for (let i = 0; i < 20; i += 1) {
      const sid = await page.evaluate(() => window.harness.publishMoving('a', { width: 320, height: 180, fps: 15, simulcast: false }));
      if (i % 5 === 4) await waitVideo(page, 'b', 'a');
      await page.evaluate(async (id) => {
        const me = window.harness.point('a').room.localParticipant;
        const pub = [...me.trackPublications.values()].find((p) => p.trackSid === id);
        if (pub?.track) await me.unpublishTrack(pub.track);
      }, sid);
      await expect.poll(() => page.evaluate(() => window.harness.point('b').room.getParticipantByIdentity('a')?.trackPublications.size)).toBe(0);
    }
    await page.evaluate(() => window.harness.publishMoving('a', { width: 320, height: 180, fps: 15, simulcast: false }));
    await waitVideo(page, 'b', 'a');
    const sections = await page.evaluate(() => {
      const manager = window.harness.point('b').room.engine.pcManager;
      const sdp = manager?.subscriber?.getRemoteDescription()?.sdp ?? manager?.publisher.getRemoteDescription()?.sdp ?? '';
      return sdp.split('\nm=').length - 1;
    });
    expect(sections).toBeLessThanOrEqual(12);
  });

  test(`mute shows at the other in 200 ms and stays as set, ${mode}`, async ({ compat, client: page }) => {
    await joinPoint(compat, page, 'a', { single });
    await joinPoint(compat, page, 'b', { single });
    await page.evaluate(() => window.harness.point('a').room.localParticipant.setMicrophoneEnabled(true));
    await waitAudio(page, 'b', 'a');
    const took = await page.evaluate(async () => {
      const b = window.harness.point('b');
      const times: number[] = [];
      for (const on of [false, true, false]) {
        const start = performance.now();
        const seen = new Promise<number>((done) => {
          b.room.once(on ? window.harness.lk.RoomEvent.TrackUnmuted : window.harness.lk.RoomEvent.TrackMuted, () => done(performance.now() - start));
        });
        await window.harness.point('a').room.localParticipant.setMicrophoneEnabled(on);
        times.push(await seen);
      }
      return times;
    });
    console.log(`${mode}: mute seen after ${took.map((ms) => ms.toFixed(0)).join(', ')} ms`);
    // The median: one of three may meet a browser that is busy with pictures.
    expect(took.sort((x, y) => x - y)[1]).toBeLessThan(200);
    const muted = await page.evaluate(() => ({
      mine: window.harness.point('a').room.localParticipant.isMicrophoneEnabled,
      theirs: window.harness.point('b').room.getParticipantByIdentity('a')?.isMicrophoneEnabled,
    }));
    expect(muted).toEqual({ mine: false, theirs: false });
  });
}

test('a track that never sends is announced and subscribed', async ({ compat, client: page }) => {
  await joinPoint(compat, page, 'a');
  await joinPoint(compat, page, 'b');
  await page.evaluate(async () => {
    const { lk, point } = window.harness;
    const track = await lk.createLocalAudioTrack();
    await track.mute();
    await point('a').room.localParticipant.publishTrack(track);
  });
  await waitSeen(page, 'b', 'trackSubscribed', 'a');
  expect(await page.evaluate(() => window.harness.remotePublication('b', 'a', window.harness.lk.Track.Source.Microphone).isMuted)).toBe(true);
});

test('content with sound goes alongside the camera', async ({ compat, client: page }) => {
  await joinPoint(compat, page, 'a');
  await joinPoint(compat, page, 'b');
  await page.evaluate(async () => {
    const { lk, point, publishMoving } = window.harness;
    const me = point('a').room.localParticipant;
    await me.setCameraEnabled(true);
    await publishMoving('a', { width: 1280, height: 720, fps: 5, source: lk.Track.Source.ScreenShare });
    const tone = new AudioContext();
    const oscillator = tone.createOscillator();
    const out = tone.createMediaStreamDestination();
    oscillator.connect(out);
    oscillator.start();
    const track = out.stream.getAudioTracks()[0];
    if (track) await me.publishTrack(track, { source: lk.Track.Source.ScreenShareAudio });
  });
  await waitVideo(page, 'b', 'a');
  await expect.poll(() => page.evaluate(() => window.harness.video('b', 'a', window.harness.lk.Track.Source.ScreenShare).then((v) => v.frames))).toBeGreaterThan(8);
  await expect.poll(() => page.evaluate(() => window.harness.audio('b', 'a', window.harness.lk.Track.Source.ScreenShareAudio).then((x) => x.energy))).toBeGreaterThan(0.001);
});

for (const codec of ['vp8', 'h264', 'vp9', 'av1'] as const) {
  test(`${codec} is carried`, async ({ compat, client: page }) => {
    const able = await page.evaluate((name) => RTCRtpSender.getCapabilities('video')?.codecs.some((c) => c.mimeType.toLowerCase() === `video/${name}`), codec);
    test.skip(!able, 'this browser cannot send it');
    await joinPoint(compat, page, 'a');
    await joinPoint(compat, page, 'b');
    await page.evaluate((videoCodec) => window.harness.publishMoving('a', { width: 640, height: 360, fps: 15, videoCodec, backupCodec: false }), codec);
    await waitVideo(page, 'b', 'a');
    const used = await page.evaluate(async () => {
      const report = await window.harness.remoteTrack('b', 'a', window.harness.lk.Track.Source.Camera)?.getRTCStatsReport();
      let mime = '';
      report?.forEach((s) => {
        if (s.type === 'codec' && s.mimeType.startsWith('video/')) mime = s.mimeType;
      });
      return mime.toLowerCase();
    });
    expect(used).toBe(`video/${codec}`);
  });
}

test('active speakers follow the voice', async ({ compat, client: page }) => {
  await joinPoint(compat, page, 'a');
  await joinPoint(compat, page, 'b');
  await page.evaluate(() => window.harness.point('a').room.localParticipant.setMicrophoneEnabled(true));
  const speaking = () => page.evaluate(() => window.harness.point('b').room.activeSpeakers.map((s) => s.identity));
  await expect.poll(speaking, { timeout: 20_000 }).toContain('a');
  await page.evaluate(() => window.harness.point('a').room.localParticipant.setMicrophoneEnabled(false));
  await expect.poll(speaking, { timeout: 20_000 }).not.toContain('a');
});

test('an encrypted room carries camera, microphone and data, also to a late joiner', async ({ compat, client: page }) => {
  const passphrase = 'mot-khoa-chung';
  await joinPoint(compat, page, 'a', { passphrase });
  await joinPoint(compat, page, 'b', { passphrase });
  await page.evaluate(() => window.harness.point('a').room.localParticipant.enableCameraAndMicrophone());
  await waitVideo(page, 'b', 'a');
  await waitAudio(page, 'b', 'a');
  await joinPoint(compat, page, 'late', { passphrase });
  await waitVideo(page, 'late', 'a');
  await page.evaluate(() => window.harness.point('a').room.localParticipant.publishData(new TextEncoder().encode('kín'), { reliable: true }));
  const seen = await waitSeen(page, 'b', 'data', 'a');
  expect((seen.detail as { text: string }).text).toBe('kín');
  const errors = await page.evaluate(() => window.harness.point('b').seen.filter((s) => s.event === 'encryptionError').length);
  expect(errors).toBe(0);
});
