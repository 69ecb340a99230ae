import { createHmac } from 'node:crypto';
import type { Page } from '@playwright/test';
import { expect, test } from './fixture';
import { expectAccessible, fillSignIn, newPage, signIn } from './office';

/** The stages of signing in. */
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
