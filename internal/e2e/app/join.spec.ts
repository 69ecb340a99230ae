import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test, type Point } from './fixture';

/** A browser that refuses its devices in the given way. */
const refusing = (name: string) => async (page: Page) =>
  page.addInitScript((error) => {
    if (!navigator.mediaDevices) return; // about:blank has none
    navigator.mediaDevices.getUserMedia = async () => {
      throw new DOMException('', error);
    };
  }, name);

async function expectAccessible(point: Point): Promise<void> {
  const { violations } = await new AxeBuilder({ page: point.page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`)).toEqual([]);
}

test('the join page shows the own picture, a level that moves, and remembers choices', { tag: '@whole' }, async ({ house }) => {
  const hall = await house.open(0);
  const preview = hall.page.getByTestId('preview');
  await expect.poll(() => preview.evaluate((video: HTMLVideoElement) => video.getVideoPlaybackQuality().totalVideoFrames)).toBeGreaterThan(5);
  const meter = hall.page.getByRole('meter', { name: 'Mức âm của micro' });
  await expect.poll(async () => Number(await meter.getAttribute('aria-valuenow'))).toBeGreaterThan(20);
  await hall.button('Tắt camera').click();
  await expect(hall.page.getByText('Camera đang tắt')).toBeVisible();
  await hall.page.getByRole('combobox', { name: 'Micro' }).click();
  await hall.page.getByRole('option', { name: /Fake Audio Input 2/ }).click();
  await hall.page.reload();
  await expect(hall.button('Bật camera')).toBeVisible();
  await expect(hall.page.getByRole('combobox', { name: 'Micro' })).toHaveValue(/Fake Audio Input 2/);
});

test('the test tone is played and ends', async ({ house }) => {
  const hall = await house.open(0);
  await hall.button('Nghe thử loa').click();
  await expect(hall.page.getByText('Đang phát âm thử…')).toBeVisible();
  await expect(hall.page.getByText('Đang phát âm thử…')).toHaveCount(0);
  await expect(hall.page.getByText('Không phát được')).toHaveCount(0);
});

for (const [error, words, step] of [
  ['NotAllowedError', 'Trình duyệt đang chặn camera và micro', 'Bấm biểu tượng bên trái địa chỉ trang'],
  ['NotFoundError', 'Không tìm thấy camera và micro', 'Kiểm tra dây cắm'],
  ['NotReadableError', 'Không mở được camera và micro: chương trình khác đang dùng', 'Đóng các chương trình họp'],
] as const) {
  test(`${error} is explained step by step, and the meeting can be joined all the same`, async ({ house }) => {
    const hall = await house.join(0);
    const commune = await house.open(5, refusing(error));
    const help = commune.page.getByRole('alert').filter({ hasText: words });
    await expect(help).toBeVisible();
    await expect(help).toContainText(step);
    await expectAccessible(commune);
    await commune.join();
    await commune.expectMoving(hall);
    await expect(hall.tile(commune).getByTestId('mic-off')).toBeVisible();
  });
}

test('a point has to be chosen', async ({ house }) => {
  const hall = await house.open(0);
  await hall.button('Vào họp').click();
  await expect(hall.page.getByText('Hãy cho biết điểm cầu của phòng họp này.')).toBeVisible();
  await expect(hall.page).toHaveURL(house.bridge.url + '/');
});

test('an error of the bridge is told in words', async ({ house }) => {
  const hall = await house.open(0, async (page) =>
    page.route('**/api/join', async (route) =>
      route.fulfill({
        status: 429,
        headers: { 'Retry-After': '42' },
        contentType: 'application/problem+json',
        body: JSON.stringify({ status: 429, code: 'too_many_attempts' }),
      }),
    ),
  );
  await hall.page.getByRole('combobox', { name: 'Điểm cầu' }).click();
  await hall.page.getByRole('option', { name: hall.name, exact: true }).click();
  await hall.button('Vào họp').click();
  await expect(hall.page.getByRole('alert')).toHaveText('Đã nhập sai nhiều lần. Hãy chờ 42 giây rồi thử lại.');
});

test('the language is switched and stays', async ({ house }) => {
  const hall = await house.open(0);
  await expect(hall.page.locator('html')).toHaveAttribute('lang', 'vi');
  await hall.button('English').click();
  await expect(hall.button('Join the meeting')).toBeVisible();
  await hall.page.reload();
  await expect(hall.button('Join the meeting')).toBeVisible();
  await expect(hall.page.locator('html')).toHaveAttribute('lang', 'en');
  await hall.button('Tiếng Việt').click();
  await expect(hall.button('Vào họp')).toBeVisible();
});

test('everything can be done with the keyboard alone', async ({ house }) => {
  const hall = await house.join(0);
  const commune = await house.open(5);
  const { keyboard } = commune.page;
  const point = commune.page.getByRole('combobox', { name: 'Điểm cầu' });
  await expect(point).toBeVisible();
  for (let presses = 0; presses < 12 && !(await point.evaluate((e) => e === document.activeElement)); presses++) await keyboard.press('Tab');
  await expect(point).toBeFocused();
  await keyboard.type(commune.name);
  await keyboard.press('ArrowDown');
  await keyboard.press('Enter');
  await expect(point).toHaveValue(commune.name);
  const enter = commune.button('Vào họp');
  for (let presses = 0; presses < 8 && !(await enter.evaluate((e) => e === document.activeElement)); presses++) await keyboard.press('Tab');
  await expect(enter).toBeFocused();
  await keyboard.press('Enter');
  await expect(commune.tiles).toHaveCount(2);

  await keyboard.press('m');
  await expect(hall.tile(commune).getByTestId('mic-off')).toBeVisible();
  await keyboard.press('v');
  await expect(hall.tile(commune)).toContainText('Camera đang tắt');
  await keyboard.press('l');
  await expect(commune.page.getByRole('main')).toHaveAttribute('data-layout', 'speaker');
  await keyboard.press('?');
  await expect(commune.page.getByRole('dialog', { name: 'Phím tắt' })).toBeVisible();
  await keyboard.press('Escape');
  await expect(commune.page.getByRole('dialog')).toHaveCount(0);
  const leave = commune.button('Rời cuộc họp');
  for (let presses = 0; presses < 14 && !(await leave.evaluate((e) => e === document.activeElement)); presses++) await keyboard.press('Tab');
  await expect(leave).toBeFocused();
  await keyboard.press('Enter');
  await expect(commune.page.getByRole('dialog', { name: 'Rời cuộc họp?' })).toBeVisible();
  await keyboard.press('Enter');
  await expect(commune.page.getByRole('heading', { name: 'Đã rời cuộc họp' })).toBeVisible();
});

test('the pages meet the accessibility rules', async ({ house }) => {
  const hall = await house.open(0);
  await expect(hall.page.getByTestId('preview')).toBeVisible();
  await expectAccessible(hall);
  await hall.join();
  const commune = await house.join(5);
  await expect(hall.tile(commune)).toBeVisible();
  await expectAccessible(hall);
  await hall.page.keyboard.press('?');
  await expectAccessible(hall);
});
