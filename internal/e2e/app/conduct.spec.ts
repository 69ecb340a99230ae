import { expect, testAlone, type Point } from './fixture';
import { expectAccessible, meeting, signIn, takeSeat } from './office';

const test = testAlone();

const sign = (point: Point) => point.page.getByTestId('own-mic');

test('CON-02 CON-03 CON-04 CON-07 a meeting is opened, called, asked for, invited and cut back by clicks and keys', async ({ house, browser }) => {
  test.setTimeout(150_000);
  const { url } = house.bridge;
  const secretary = await signIn(browser, url, 'thuky');
  await expectAccessible(secretary);
  await secretary.goto(`${url}/hop/${meeting}/thu-ky`);
  const open = secretary.getByRole('button', { name: 'Mở cuộc họp' });
  const roll = secretary.getByTestId('roll');
  await expect(open.or(roll)).toBeVisible();
  if (await open.isVisible()) await open.click();
  await expect(roll).toBeVisible();

  const hall = await house.open(0);
  await takeSeat(hall);
  const commune = await house.open(5);
  await takeSeat(commune);
  // Every component point enters with its microphone off.
  await expect(sign(commune)).toContainText('MICRO ĐANG TẮT');

  // Roll call by keyboard: a key for each point, the cursor walks by itself.
  await roll.focus();
  for (let point = 0; point < 3; point++) {
    await secretary.keyboard.press('Space');
    await expect(roll.locator('tr[data-status="co-mat"]')).toHaveCount(point + 1);
  }
  await expectAccessible(secretary);

  const chair = await signIn(browser, url, 'chutri');
  await chair.goto(`${url}/hop/${meeting}/chu-tri`);
  await chair.getByRole('button', { name: 'Khai mạc' }).click();
  await expect(chair.getByText('Đang họp')).toBeVisible();
  await expectAccessible(chair);

  // One key asks for the floor; the point sees its place, the chair the entry.
  await expect(commune.page.getByTestId('hand')).toBeEnabled();
  await commune.page.keyboard.press('p');
  await expect(commune.page.getByTestId('place')).toHaveText('Thứ 1 trong 1 điểm cầu chờ');
  await expect(chair.locator(`[data-testid="queue-row"][data-point="${commune.id}"]`)).toBeVisible();

  await chair.getByTestId('invite-next').click();
  const invited = Date.now();
  await expect(sign(commune)).toContainText('ĐANG PHÁT BIỂU');
  await expect(hall.tile(commune)).toHaveAttribute('data-role', 'main');
  console.log(`      on all screens ${Date.now() - invited} ms after the click`);
  await hall.expectMoving(commune);
  await expect(commune.page.getByTestId('room-clock')).toBeVisible();
  await expectAccessible(commune.page);

  await chair.getByRole('toolbar').getByRole('button', { name: 'Cắt về điểm cầu chính' }).click();
  const cut = Date.now();
  await expect(sign(commune)).toContainText('MICRO ĐANG TẮT');
  await expect(commune.tile(hall)).toHaveAttribute('data-role', 'main');
  console.log(`      cut back ${Date.now() - cut} ms after the click`);
  for (const page of [secretary, chair]) await page.context().close();
});

test('CON-01 SEC-04 a board without a sign-in shows the way to it and nothing of the meeting', async ({ house, browser }) => {
  const context = await browser.newContext({ locale: 'vi-VN' });
  const page = await context.newPage();
  await page.goto(`${house.bridge.url}/hop/${meeting}/chu-tri`);
  await expect(page.getByText('Cần đăng nhập để dùng bàn điều khiển này.')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Đăng nhập' }).click();
  await expect(page.getByRole('textbox', { name: 'Tên đăng nhập' })).toBeVisible();
  await expectAccessible(page);
  await context.close();
});

test('SCH-01 SEC-01 a meeting is made from a template, names what is missing, refuses a state secret, and is published', async ({ house, browser }) => {
  test.setTimeout(90_000);
  const { url } = house.bridge;
  const page = await signIn(browser, url, 'thuky');
  await page.getByRole('link', { name: 'Lịch họp' }).click();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Tạo cuộc họp' }).click();
  await page.getByRole('menuitem', { name: 'Giao ban' }).click();
  const check = page.getByTestId('check');
  await expect(check).toContainText('Tên cuộc họp');
  await expectAccessible(page);
  await page.getByRole('textbox', { name: 'Tên cuộc họp' }).fill('Giao ban thử của trình duyệt');
  await page.getByRole('combobox', { name: 'Độ mật' }).click();
  await page.getByRole('option', { name: 'Tối mật' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'bí mật nhà nước' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Lưu', exact: true })).toBeDisabled();
  await page.getByRole('combobox', { name: 'Độ mật' }).click();
  await page.getByRole('option', { name: 'Không mật' }).click();
  await page.getByRole('textbox', { name: 'Ngày họp' }).fill('21/01/2027');
  await page.getByRole('textbox', { name: 'Ngày họp' }).press('Enter');
  for (const [name, hour, minute] of [['Bắt đầu', '08', '00'], ['Kết thúc', '10', '30']] as const) {
    const field = page.getByRole('group', { name }).or(page.locator('.mantine-TimePicker-root', { hasText: name }));
    await field.getByLabel('Giờ').first().fill(hour);
    await field.getByLabel('Phút').first().fill(minute);
  }
  for (const [name, person] of [['Người chủ trì', 'Nguyễn Văn Mẫu'], ['Đầu mối kỹ thuật', 'Đặng Văn Kiểm Thử']] as const) {
    await page.getByRole('textbox', { name, exact: true }).or(page.getByRole('combobox', { name, exact: true })).fill(person);
    await page.keyboard.press('Escape');
  }
  await page.getByRole('combobox', { name: 'Điểm cầu chính' }).click();
  await page.getByRole('option', { name: 'Hội trường UBND tỉnh' }).click();
  await page.getByRole('checkbox', { name: 'Xã Tân Dụ' }).check();
  await expect(page.getByText('Đủ điều kiện phát hành')).toBeVisible();
  await page.getByRole('button', { name: 'Lưu', exact: true }).click();
  await page.getByRole('button', { name: 'Phát hành giấy mời' }).click();
  await expect(page.getByText('Đã phát hành', { exact: true })).toBeVisible();
  await page.context().close();
});
