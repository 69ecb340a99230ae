import type { Browser, Locator, Page } from '@playwright/test';
import { expect, steadyTone, testAlone, type Point } from './fixture';
import { expectAccessible, meeting, password, signIn, takeSeat } from './office';

const test = testAlone();

async function board(browser: Browser, url: string, user: string, path: string, prepare?: (page: Page) => Promise<unknown>): Promise<Page> {
  const page = await signIn(browser, url, user, prepare);
  await page.goto(`${url}/hop/${meeting}/${path}`);
  const open = page.getByRole('button', { name: 'Mở cuộc họp' });
  await expect(open.or(page.getByRole('banner'))).toBeVisible();
  if (await open.isVisible()) await open.click();
  await expect(page.getByRole('banner')).toBeVisible();
  return page;
}

/** Asks to speak by the key, which does nothing before the room knows the meeting. */
async function ask(point: Point): Promise<void> {
  await expect(point.page.getByTestId('hand')).toBeEnabled();
  await point.page.keyboard.press('p');
  await expect(point.page.getByTestId('place')).toBeVisible();
}

test('CON-15 CON-05 the technician sees a point’s figures, looks at it off the air and talks to it, and nobody else hears it', async ({ house, browser }) => {
  test.setTimeout(120_000);
  const { url } = house.bridge;
  const page = await board(browser, url, 'kythuat', 'ky-thuat', (each) => steadyTone(each));
  const hall = await house.open(0, (each) => steadyTone(each));
  await takeSeat(hall);
  const commune = await house.open(5, (each) => steadyTone(each, 880));
  await takeSeat(commune);
  const row = page.getByTestId('point-row').filter({ hasText: commune.name });
  await expect(row).toContainText(/↑ \d+\.\d/, { timeout: 20_000 });
  await expect(row.locator('[data-column="rtt"]')).toContainText('ms');

  await row.getByRole('button', { name: commune.name }).click();
  await page.getByRole('button', { name: 'Xem trước', exact: true }).click();
  const frames = () => page.getByTestId('preview-picture').evaluate((video: HTMLVideoElement) => video.getVideoPlaybackQuality().totalVideoFrames);
  await expect.poll(frames, { timeout: 20_000 }).toBeGreaterThan(10);
  await expect(commune.page.getByTestId('off-air')).toContainText('xem, nghe thử');
  await expect(hall.page.getByTestId('off-air')).toHaveCount(0);
  await page.getByTestId('talk').click();
  await expect(commune.page.getByTestId('off-air')).toContainText('đang nói riêng', { timeout: 20_000 });
  await expect(hall.page.getByTestId('off-air')).toHaveCount(0);
  await expectAccessible(page);
  await page.getByTestId('talk').click();
  await expect(commune.page.getByTestId('off-air')).toContainText('xem, nghe thử');

  // SCH-06: the sheet is filled in where the point is looked at.
  await page.getByRole('button', { name: 'Phiếu kiểm tra' }).click();
  const sheet = page.getByRole('form', { name: 'Phiếu kiểm tra' });
  for (const line of ['Hình', 'Micro', 'Loa', 'Chiếu tài liệu', 'Đường truyền']) await sheet.getByRole('radiogroup', { name: line, exact: true }).getByText('Đạt', { exact: true }).click();
  await expectAccessible(page);
  await sheet.getByRole('button', { name: 'Ghi phiếu' }).click();
  await expect(page.getByText('Đã ghi phiếu: Đạt')).toBeVisible();
  await page.context().close();
});

test('SEC-05 a board that nobody touches for 15 minutes locks, stays locked after a reload, and the meeting goes on', async ({ house, browser }) => {
  const { url } = house.bridge;
  const page = await board(browser, url, 'thuky', 'thu-ky', (each) => each.clock.install());
  const commune = await house.open(5);
  await takeSeat(commune);
  await page.clock.runFor(14 * 60_000);
  await expect(page.getByRole('banner')).toBeVisible();
  await page.mouse.move(200, 200);
  await page.clock.runFor(14 * 60_000);
  await expect(page.getByRole('banner')).toBeVisible();
  await page.clock.runFor(2 * 60_000);
  await expect(page.getByRole('heading', { name: 'Bàn điều khiển đã khóa' })).toBeVisible();
  await expect(page.getByTestId('roll')).toHaveCount(0);
  await expectAccessible(page);
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Bàn điều khiển đã khóa' })).toBeVisible();
  await expect(commune.page.getByTestId('own-mic')).toBeVisible();
  const field = page.getByLabel('Mật khẩu', { exact: true });
  await field.fill('sai');
  await page.getByRole('button', { name: 'Mở khóa' }).click();
  await expect(page.getByText('Mật khẩu không đúng.')).toBeVisible();
  await field.fill(password);
  await page.getByRole('button', { name: 'Mở khóa' }).click();
  await expect(page.getByRole('banner')).toBeVisible();
  await page.context().close();
});

/** A camera that can be unplugged and plugged in again. */
async function loseableCamera(page: Page): Promise<void> {
  await page.addInitScript(() => {
    if (!navigator.mediaDevices) return;
    const { mediaDevices } = navigator;
    const real = mediaDevices.getUserMedia.bind(mediaDevices);
    const list = mediaDevices.enumerateDevices.bind(mediaDevices);
    const open: MediaStreamTrack[] = [];
    let gone = false;
    mediaDevices.getUserMedia = async (constraints) => {
      if (constraints?.video && gone) throw new DOMException('unplugged', 'NotFoundError');
      const stream = await real(constraints);
      open.push(...stream.getVideoTracks());
      return stream;
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

const callIn = (page: Page, name: string) => page.evaluate((each) => (Reflect.get(window, each) as () => void)(), name);

test('CON-02 a camera that is taken away in mid-speech is named with what to do, and comes back by itself', async ({ house, browser }) => {
  test.setTimeout(120_000);
  const { url } = house.bridge;
  const chair = await board(browser, url, 'chutri', 'chu-tri');
  const hall = await house.open(0);
  await takeSeat(hall);
  const commune = await house.open(5, loseableCamera);
  await takeSeat(commune);
  await ask(commune);
  await chair.getByTestId('invite-next').click();
  await hall.expectMoving(commune);
  await callIn(commune.page, 'unplug');
  const trouble = commune.page.getByRole('alert').filter({ hasText: 'Mất camera giữa chừng' });
  await expect(trouble).toBeVisible();
  await expect(commune.page.getByTestId('own-mic')).toContainText('ĐANG PHÁT BIỂU');
  await expectAccessible(commune.page);
  await callIn(commune.page, 'plugIn');
  await expect(trouble).toHaveCount(0);
  await hall.expectMoving(commune);
  await chair.context().close();
});

/**
 * CON-04 is measured over 20 acts on a machine that does nothing else: CON04_ACTS=20 makes them and holds them to the
 * requirement's seconds. Otherwise two acts are made, shown with their times, and need only happen.
 */
const measured = process.env.CON04_ACTS !== undefined;
const acts = Number(process.env.CON04_ACTS ?? 2);

test('CON-04 from the click to the picture on all screens within 2 s, cut back within 1 s', async ({ house, browser }) => {
  test.setTimeout(60_000 + acts * 20_000);
  const chair = await board(browser, house.bridge.url, 'chutri', 'chu-tri');
  const hall = await house.open(0);
  await takeSeat(hall);
  const communes = [await house.open(4), await house.open(5)];
  for (const commune of communes) await takeSeat(commune);
  const screens = [hall, ...communes];
  const took = { invite: [] as number[], cut: [] as number[] };
  for (let act = 0; act < acts; act++) {
    const speaker = communes[act % communes.length];
    if (!speaker) throw new Error('no commune');
    await ask(speaker);
    await expect(chair.locator(`[data-testid="queue-row"][data-point="${speaker.id}"]`)).toBeVisible();
    const invited = await watchPictures(screens.filter((each) => each !== speaker), speaker);
    const clicked = await clickTime(chair, chair.getByTestId('invite-next'));
    took.invite.push(Math.max(...(await Promise.all(invited.shown))) - clicked);
    await expect(speaker.page.getByTestId('own-mic')).toContainText('ĐANG PHÁT BIỂU');
    const cut = await watchPictures(communes, hall);
    const pressed = await clickTime(chair, chair.getByRole('toolbar').getByRole('button', { name: 'Cắt về điểm cầu chính' }));
    took.cut.push(Math.max(...(await Promise.all(cut.shown))) - pressed);
    await expect(speaker.page.getByTestId('own-mic')).toContainText('MICRO ĐANG TẮT');
  }
  const worst = { invite: Math.max(...took.invite), cut: Math.max(...took.cut) };
  console.log(`      ${acts} acts: on all screens within ${worst.invite} ms (${took.invite.join(', ')}), cut back within ${worst.cut} ms (${took.cut.join(', ')})`);
  if (measured) {
    expect(worst.invite).toBeLessThanOrEqual(2_000);
    expect(worst.cut).toBeLessThanOrEqual(1_000);
  }
  await chair.context().close();
});

/** When each screen shows the point in its large place with a picture that moves, by Date.now() of this machine. */
async function watchPictures(screens: readonly Point[], point: Point): Promise<{ shown: Promise<number>[] }> {
  const begun = screens.map((screen) =>
    screen.page.evaluateHandle((id) => {
      const seen = new Promise<number>((done) => {
        let frames = -1;
        const look = () => {
          const video = document.querySelector<HTMLVideoElement>(`[data-testid="point"][data-identity="${id}"][data-role="main"] video`);
          const now = video?.getVideoPlaybackQuality().totalVideoFrames ?? -1;
          if (now > 0 && frames >= 0 && now > frames) return done(Date.now());
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
async function clickTime(page: Page, button: Locator): Promise<number> {
  const taken = page.evaluate(() => new Promise<number>((done) => window.addEventListener('click', () => done(Date.now()), { once: true, capture: true })));
  await button.click();
  return taken;
}
