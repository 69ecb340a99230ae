import type { Locator, Page } from '@playwright/test';
import { expect, test } from './fixture';
import { expectAccessible, newPage, password } from './office';

/**
 * What a hand does, counted. The seconds are those of the keystroke-level model (Card, Moran and Newell) for somebody
 * who types slowly and does not know the page: 0.5 s a key, and for each click 1.1 s to point, 0.2 s to press and
 * 1.35 s to think.
 */
class Hand {
  clicks = 0;
  keys = 0;

  constructor(private readonly page: Page) {}

  async click(target: Locator): Promise<void> {
    this.clicks++;
    await target.click();
  }

  /** Vietnamese letters cost a key for the letter and one for each mark, as with Telex. */
  async type(text: string): Promise<void> {
    this.keys += [...text.normalize('NFD')].length;
    await this.page.keyboard.type(text);
  }

  async press(key: string): Promise<void> {
    this.keys++;
    await this.page.keyboard.press(key);
  }

  async into(field: Locator, text: string): Promise<void> {
    await this.click(field);
    await this.type(text);
  }

  /** Choosing a file in the system's own window: the file, and its button. */
  async file(label: Locator, name: string): Promise<void> {
    const asked = this.page.waitForEvent('filechooser');
    await this.click(label);
    this.clicks += 2;
    await (await asked).setFiles({ name, mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n%%EOF\n') });
  }

  get seconds(): number {
    return this.keys * 0.5 + this.clicks * (1.1 + 0.2 + 1.35);
  }
}

const most = { clicks: 40, keys: 260, seconds: 240 };

test('SCH-01 SCH-04 SCH-08 SEC-01 a newcomer publishes a meeting of four points, five items and two papers in under four minutes of clicks and keys', async ({ demoBridge, browser }) => {
  test.setTimeout(90_000);
  const page = await newPage(browser);
  const hand = new Hand(page);
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  await page.goto(`${demoBridge.url}/dang-nhap`);
  await hand.into(page.getByRole('textbox', { name: 'Tên đăng nhập' }), 'thuky');
  await hand.press('Tab');
  await hand.type(password);
  await hand.press('Enter');
  await hand.click(button('Tạo cuộc họp'));
  await hand.click(page.getByRole('menuitem', { name: 'Giao ban' }));
  const check = page.getByTestId('check');
  await expect(check).toContainText('Tên cuộc họp');
  await expectAccessible(page);
  // The name is asked first, and its field is ready.
  await expect(page.getByRole('textbox', { name: 'Tên cuộc họp' })).toBeFocused();
  await hand.type('Giao ban tháng 12 năm 2026');
  await hand.into(page.getByRole('textbox', { name: 'Ngày họp' }), '21/01/2027');
  await hand.press('Enter');
  for (const [name, digits] of [['Bắt đầu', '0800'], ['Kết thúc', '1030']] as const) {
    const field = page.getByRole('group', { name }).or(page.locator('.mantine-TimePicker-root', { hasText: name }));
    await hand.into(field.getByLabel('Giờ').first(), digits);
  }
  for (const [name, part] of [['Người chủ trì', 'Văn Mẫu'], ['Đầu mối kỹ thuật', 'Kiểm Thử']] as const) {
    await hand.into(page.getByRole('textbox', { name, exact: true }).or(page.getByRole('combobox', { name, exact: true })), part);
    await hand.press('ArrowDown');
    await hand.press('Enter');
  }
  await hand.click(page.getByRole('combobox', { name: 'Điểm cầu chính' }));
  await hand.click(page.getByRole('option', { name: 'Hội trường UBND tỉnh' }));
  for (const name of ['Phường Minh Họa', 'Xã Tân Dụ', 'Xã Thí Điểm']) await hand.click(page.getByRole('checkbox', { name }));
  await hand.click(button('Thêm mục'));
  await expect(page.getByRole('textbox', { name: 'Nội dung mục 5' })).toBeFocused();
  await hand.type('Trao đổi, giao việc');
  await expect(page.getByText('Đủ điều kiện phát hành')).toBeVisible();
  await hand.click(button('Lưu'));
  for (const item of [2, 3]) {
    const name = `bao-cao-${item}.pdf`;
    await hand.file(page.getByTestId('agenda-item').nth(item - 1).getByText('Kéo tệp vào đây hoặc bấm để chọn'), name);
    await expect(page.getByText(name)).toBeVisible();
  }
  await expectAccessible(page);
  await hand.click(button('Phát hành giấy mời'));
  await expect(page.getByText('Đã phát hành', { exact: true })).toBeVisible();
  console.log(`      ${hand.clicks} clicks, ${hand.keys} keys: ${hand.seconds.toFixed(0)} s by the keystroke-level model`);
  expect(hand.clicks).toBeLessThanOrEqual(most.clicks);
  expect(hand.keys).toBeLessThanOrEqual(most.keys);
  expect(hand.seconds).toBeLessThan(most.seconds);

  // What is secret cannot even be saved, and says why.
  await page.getByRole('combobox', { name: 'Độ mật' }).click();
  await page.getByRole('option', { name: 'Tối mật' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'bí mật nhà nước' })).toBeVisible();
  await expect(button('Lưu')).toBeDisabled();

  // A window that is older than the bridge asks to be reloaded, and is gone back to by one press.
  await expect(page.getByTestId('upgrade')).toHaveCount(0);
  await page.route('**/api/**', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), 'diemcau-pages': 'another' } });
  });
  await page.getByRole('link', { name: 'Lịch họp' }).click();
  await expect(page.getByTestId('upgrade')).toContainText('vừa được nâng cấp');
  await expectAccessible(page);
  await page.unrouteAll();
  await page.getByTestId('upgrade').getByRole('button', { name: 'Tải lại trang' }).click();
  await expect(button('Tạo cuộc họp')).toBeVisible();
  await expect(page.getByTestId('upgrade')).toHaveCount(0);
  await page.context().close();
});

test('a line so thin that the application is not here yet shows a word, not a blank', async ({ demoBridge, browser }) => {
  const page = await newPage(browser);
  let arrive = (): void => undefined;
  const arrived = new Promise<void>((done) => {
    arrive = done;
  });
  await page.route('**/assets/*.js', async (route) => {
    await arrived;
    await route.continue();
  });
  await page.goto(`${demoBridge.url}/dang-nhap`, { waitUntil: 'commit' });
  await expect(page.getByText('Đang mở ứng dụng họp…')).toBeVisible();
  await expectAccessible(page);
  arrive();
  await expect(page.getByRole('textbox', { name: 'Tên đăng nhập' })).toBeVisible();
  await page.context().close();
});
