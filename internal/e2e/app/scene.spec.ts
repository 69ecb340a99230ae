import type { Page } from '@playwright/test';
import { expect, steadyTone, testAlone } from './fixture';
import { expectAccessible, meeting, signIn, takeSeat } from './office';
import { smallCamera } from './pictures';

const test = testAlone();

/** Two awards, the second handed over at the commune: laid into the plan before the meeting is opened. */
async function planAwards(secretary: Page, point: string): Promise<void> {
  const status = await secretary.evaluate(
    async ([id, place]) => {
      const view = (await (await fetch(`/api/meetings/${id}`)).json()) as { revision: number; plan: object };
      const award = { decision: 'QĐ 00', award: 'Bằng khen của Chủ tịch UBND tỉnh' };
      const plan = { ...view.plan, awards: [{ ...award, to: 'Tập thể mẫu', group: true }, { ...award, to: 'Cá nhân mẫu', point: place }] };
      const headers = { 'Content-Type': 'application/json', 'If-Match': `"${view.revision}"` };
      return (await fetch(`/api/meetings/${id}`, { method: 'PUT', headers, body: JSON.stringify({ plan, why: 'khac', text: 'Bổ sung khen thưởng' }) })).status;
    },
    [meeting, point] as const,
  );
  expect(status).toBe(200);
}

/** A voice that rises and falls like speech, never twice the same. */
async function talking(page: Page): Promise<void> {
  await page.addInitScript(() => {
    if (!navigator.mediaDevices) return; // about:blank has none
    const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      if (!constraints?.audio || constraints.video) return real(constraints);
      Reflect.set(window, 'asked', constraints.audio);
      const context = new AudioContext();
      const [tone, loudness, out] = [context.createOscillator(), context.createGain(), context.createMediaStreamDestination()];
      tone.connect(loudness).connect(out);
      tone.start();
      const speak = () => {
        loudness.gain.setTargetAtTime(Math.random() < 0.6 ? 0.1 + Math.random() * 0.4 : 0.0005, context.currentTime, 0.02);
        setTimeout(speak, 120 + Math.random() * 260);
      };
      speak();
      return out.stream;
    };
  });
}

/** A microphone that stands before the room's own loudspeaker: it hears what is played, a fifth of a second later. */
async function beforeTheLoudspeaker(page: Page): Promise<void> {
  await page.addInitScript(() => {
    if (!navigator.mediaDevices) return; // about:blank has none
    const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      if (!constraints?.audio || constraints.video) return real(constraints);
      const context = new AudioContext();
      const [air, out] = [context.createDelay(1), context.createMediaStreamDestination()];
      air.delayTime.value = 0.2;
      const wall = context.createGain();
      wall.gain.value = 0.4;
      air.connect(wall).connect(out);
      const heard = new Set<MediaStream>();
      setInterval(() => {
        for (const { srcObject } of document.querySelectorAll('audio')) {
          if (!(srcObject instanceof MediaStream) || heard.has(srcObject)) continue;
          heard.add(srcObject);
          context.createMediaStreamSource(srcObject).connect(air);
        }
      }, 200);
      return out.stream;
    };
  });
}

/** What the room's microphone was opened with last. */
const asked = async (page: Page): Promise<unknown> =>
  page.evaluate(() => {
    const { noiseSuppression, channelCount } = Reflect.get(window, 'asked') as MediaTrackConstraints;
    return [noiseSuppression, channelCount];
  });

test('CON-16 CON-08 awards are stepped through by one key with names on all screens, an echo is told where it is made, and a point asks to leave', async ({ house, browser }) => {
  test.setTimeout(120_000);
  const { url } = house.bridge;
  const secretary = await signIn(browser, url, 'thuky');
  const hall = await house.open(0, async (page) => {
    await smallCamera(page);
    await talking(page);
  });
  const commune = await house.open(5, async (page) => {
    await smallCamera(page);
    await beforeTheLoudspeaker(page);
  });
  await planAwards(secretary, commune.id);
  await secretary.goto(`${url}/hop/${meeting}/thu-ky`);
  await secretary.getByRole('button', { name: 'Mở cuộc họp' }).click();
  await expect(secretary.getByTestId('roll')).toBeVisible();
  await takeSeat(hall);
  await takeSeat(commune);

  const chair = await signIn(browser, url, 'chutri', (page) => steadyTone(page));
  await chair.goto(`${url}/hop/${meeting}/chu-tri`);
  await chair.getByRole('button', { name: 'Khai mạc', exact: true }).click();
  await chair.getByRole('button', { name: 'Bắt đầu trao thưởng' }).click();
  for (const room of [hall, commune]) await expect(room.page.getByTestId('lower-third')).toContainText('Tập thể mẫu');
  await expect(commune.page.getByTestId('own-mic')).toHaveText('MICRO ĐANG TẮT');
  // Music as it is: stereo, without what helps speech; and it is heard, for the echo below is made of it.
  await expect.poll(() => asked(hall.page)).toEqual([false, 2]);
  await chair.keyboard.press('n');
  await expect(commune.page.getByTestId('lower-third')).toContainText('Cá nhân mẫu');
  // Where it is handed over the microphone opens by itself, and what it hears of the hall goes back there.
  await expect(commune.page.getByTestId('own-mic')).toHaveText('MICRO ĐANG BẬT');
  await expect(commune.page.getByTestId('echo')).toContainText('Nghe thấy tiếng vọng');
  await expect(hall.page.getByTestId('echo')).toHaveCount(0);
  await expectAccessible(commune.page);
  await expectAccessible(chair);
  await chair.getByRole('button', { name: 'Kết thúc trao thưởng' }).click();
  await expect(commune.page.getByTestId('own-mic')).toHaveText('MICRO ĐANG TẮT');
  await expect(commune.page.getByTestId('echo')).toHaveCount(0);
  await expect.poll(() => asked(hall.page)).toEqual([true, undefined]);
  await expect(commune.page.getByTestId('lower-third')).toHaveCount(0);

  await commune.button('Rời cuộc họp').click();
  const dialog = commune.page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Lý do xin về sớm' }).fill('Tiếp đoàn kiểm tra');
  await dialog.getByRole('button', { name: 'Xin về sớm' }).click();
  await chair.getByTestId('leave-row').filter({ hasText: 'Tiếp đoàn kiểm tra' }).getByRole('button').click();
  await expect(dialog).toContainText('đã đồng ý cho điểm cầu này về sớm');
  for (const page of [secretary, chair]) await page.context().close();
});
