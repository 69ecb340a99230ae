import { createHmac } from 'node:crypto';
import type { Locator, Page } from '@playwright/test';
import { expect, testAlone } from './fixture';
import { expectAccessible, fillSignIn, meeting, newPage, signIn } from './office';

/** The office: letters, the waiting room, stages of signing in. */
const test = testAlone();

const shots = process.env.SHOTS;

/** Whoever cannot see can use it; and a picture when asked for. */
async function look(page: Page, name: string): Promise<void> {
  await expectAccessible(page);
  if (shots) await page.screenshot({ path: `${shots}/${name}.png` });
}

/** Asks the bridge as the page's person. */
async function ask<T>(page: Page, method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> {
  const response = await page.request.fetch(path, { method, ...(body === undefined ? {} : { data: body }), headers: { Origin: new URL(page.url()).origin } });
  expect(response.ok(), `${method} ${path}: ${response.status()} ${response.ok() ? '' : await response.text()}`).toBe(true);
  return (await response.json()) as T;
}

test('SCH-05 SCH-09 the link of a letter shows the invitation, notes that it was seen, and takes a reply with a substitute', async ({ demoBridge: bridge, browser }) => {
  const { url } = bridge;
  const secretary = await signIn(browser, url, 'thuky');
  const { link } = await ask<{ link: string }>(secretary, 'GET', `${url}/api/meetings/${meeting}/points/LG-X1/link`);
  const guest = await newPage(browser);
  await guest.goto(`${url}/invitation${link.slice(link.indexOf('#'))}`);
  const letter = guest.getByTestId('invitation');
  await expect(letter).toContainText('Kính mời: Xã Tân Dụ');
  await expect(letter).not.toContainText('Nguyễn Văn Mẫu');
  await look(guest, 'invitation-outside');
  const seen = await ask<{ items: { point: string; upToDate: boolean }[] }>(secretary, 'GET', `${url}/api/meetings/${meeting}/replies`);
  expect(seen.items.find(({ point }) => point === 'LG-X1')?.upToDate).toBe(true);

  // Signing in leads back to the letter, with its agenda and the reply.
  await guest.getByRole('link', { name: 'Đăng nhập' }).click();
  await fillSignIn(guest, 'daibieu');
  await expect(letter).toContainText('Nguyễn Văn Mẫu');
  await expect(guest.getByText('Giải ngân đầu tư công')).toBeVisible();
  await guest.getByText('Cử người dự thay', { exact: true }).click();
  await guest.getByRole('textbox', { name: 'Họ tên người dự thay' }).fill('Đỗ Văn Thay Thế');
  await guest.getByRole('textbox', { name: 'Chức vụ người dự thay' }).fill('Phó Chủ tịch');
  await guest.getByRole('button', { name: 'Gửi trả lời' }).click();
  await expect(guest.getByText('Người dự thay đang chờ duyệt')).toBeVisible();
  await look(guest, 'invitation');
  await secretary.goto(`${url}/lich/${meeting}`);
  await secretary.getByRole('button', { name: 'Đồng ý', exact: true }).click();
  await expect(secretary.getByText('Người dự thay đã được đồng ý')).toBeVisible();
  await guest.reload();
  await expect(guest.getByText('Người dự thay đã được đồng ý')).toBeVisible();

  // A word that nobody sealed opens nothing, and says so.
  await guest.goto(`${url}/trang-chu`);
  await guest.goto(`${url}/invitation#nobody-sealed-this`);
  await expect(guest.getByRole('heading', { name: 'Không mở được giấy mời' })).toBeVisible();
  await look(guest, 'invitation-broken');
  for (const page of [secretary, guest]) await page.context().close();
});

test('SEC-09 a guest gives a name, waits, is let in and comes with a badge; another is refused', async ({ demoBridge: bridge, browser }) => {
  test.setTimeout(90_000);
  const { url } = bridge;
  const secretary = await signIn(browser, url, 'thuky');
  await secretary.goto(`${url}/hop/giao-ban/thu-ky`);
  await secretary.getByRole('button', { name: 'Mở cuộc họp' }).click();
  await secretary.getByRole('tab', { name: 'Phòng chờ' }).click();
  await secretary.getByRole('button', { name: 'Tạo liên kết cho khách' }).click();
  const link = await secretary.locator('output').textContent();
  expect(link).toContain('/khach#');
  const come = async (name: string) => {
    const page = await newPage(browser);
    await page.goto(link ?? '');
    await page.getByRole('textbox', { name: 'Họ tên' }).fill(name);
    await look(page, 'guest-form');
    await page.getByRole('button', { name: 'Vào phòng chờ' }).click();
    await expect(page.getByRole('heading', { name: 'Đang chờ cho vào' })).toBeVisible();
    return page;
  };
  const first = await come('Khách Mời <b>Thứ Nhất</b>');
  const second = await come('Khách Mời Thứ Hai');
  await look(first, 'guest-waiting');
  const line = (name: string): Locator => secretary.getByTestId('guest').filter({ hasText: name });
  await line('Thứ Nhất').getByRole('button', { name: 'Cho vào' }).click();
  await line('Thứ Hai').getByRole('button', { name: 'Từ chối' }).click();
  await expect(line('Thứ Nhất')).toHaveAttribute('data-state', 'cho-vao');
  await look(secretary, 'secretary-guests');
  await expect(second.getByRole('heading', { name: 'Phòng chờ' })).toBeVisible();
  await expect(second.getByText('Không được vào cuộc họp này')).toBeVisible();
  await first.getByRole('button', { name: 'Vào họp' }).click();
  await expect(first).toHaveURL(`${url}/hop/giao-ban`);
  await expect(first.getByRole('button', { name: 'Rời cuộc họp' })).toBeVisible();
  // What a guest writes is text and stays text.
  await expect(first.locator('b', { hasText: 'Thứ Nhất' })).toHaveCount(0);
  for (const page of [secretary, first, second]) await page.context().close();
});

/** RFC 6238, as the authenticator computes it. */
function codeOf(secret: string, at = Date.now()): string {
  const bits = [...secret.replaceAll('=', '')].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const mac = createHmac('sha1', key).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 15;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

test('SEC-02 SEC-03 a first sign-in asks for a new password, and a second factor is asked for from then on', async ({ demoBridge: bridge, browser }) => {
  test.setTimeout(90_000);
  const { url } = bridge;
  const admin = await signIn(browser, url, 'quantri');
  const made = await ask<{ password: string }>(admin, 'POST', `${url}/api/accounts`, { user: 'thukymoi', name: 'Thư ký Mới', unit: 'LG-00', rights: ['thu-ky'] });
  const page = await newPage(browser);
  await page.goto(`${url}/dang-nhap`);
  await fillSignIn(page, 'thukymoi', 'Khong-dung-1');
  await expect(page.getByRole('alert')).toBeVisible();
  await fillSignIn(page, 'thukymoi', made.password);
  const fresh = page.getByLabel('Mật khẩu mới', { exact: true });
  await expect(fresh).toBeVisible();
  await look(page, 'signin-new-password');
  await page.getByLabel('Mật khẩu', { exact: true }).fill(made.password);
  await fresh.fill('yeu');
  await page.getByRole('button', { name: 'Đăng nhập' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await fresh.fill('Moi@LamGiang9');
  await page.getByRole('button', { name: 'Đăng nhập' }).click();
  await expect(page).toHaveURL(`${url}/trang-chu`);

  const { secret } = await ask<{ secret: string }>(page, 'POST', `${url}/api/session/totp`, {});
  await ask(page, 'POST', `${url}/api/session/totp/confirm`, { code: codeOf(secret) });
  await page.getByRole('button', { name: 'Đăng xuất' }).click();
  await fillSignIn(page, 'thukymoi', 'Moi@LamGiang9');
  const code = page.getByRole('textbox', { name: 'Mã xác thực hai lớp' });
  await code.fill('000000');
  await page.getByRole('button', { name: 'Đăng nhập' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await look(page, 'signin-code');
  // A code counts once: the one after it is the next that does.
  await code.fill(codeOf(secret, Date.now() + 30_000));
  await page.getByRole('button', { name: 'Đăng nhập' }).click();
  await expect(page).toHaveURL(`${url}/trang-chu`);
  for (const each of [admin, page]) await each.context().close();
});
