import AxeBuilder from '@axe-core/playwright';
import type { Browser, Page } from '@playwright/test';
import { expect, type Point } from './fixture';

/** The sample meeting that the boards conduct, and the password of all sample accounts. */
export const meeting = 'giao-ban';
export const password = 'LamGiang@2026';

/** A window of somebody's own at a desk. */
export async function newPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: 'vi-VN' });
  return context.newPage();
}

/** Fills the form of the page that asks for name and password. */
export async function fillSignIn(page: Page, user: string, word = password): Promise<void> {
  await page.getByRole('textbox', { name: 'Tên đăng nhập' }).fill(user);
  await page.getByLabel('Mật khẩu', { exact: true }).fill(word);
  await page.getByRole('button', { name: 'Đăng nhập', exact: true }).click();
}

/** Somebody at a desk, signed in; prepare changes the window before the application is loaded. */
export async function signIn(browser: Browser, url: string, user: string, prepare?: (page: Page) => Promise<unknown>): Promise<Page> {
  const page = await newPage(browser);
  await prepare?.(page);
  await page.goto(`${url}/dang-nhap`);
  await fillSignIn(page, user);
  await expect(page).toHaveURL(`${url}/trang-chu`);
  return page;
}

/** The window has a device that holds passkeys and is unlocked by its owner. */
export async function withPasskeys(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
}

/** Clicks the way in; the picture is the one that was chosen centrally, so the own tile need not be in it. */
export async function takeSeat(point: Point): Promise<void> {
  await point.page.getByRole('combobox', { name: 'Điểm cầu' }).click();
  await point.page.getByRole('option', { name: point.name, exact: true }).click();
  await point.button('Vào họp').click();
  await expect(point.page.getByTestId('own-mic')).toBeVisible();
}

/** Nothing serious for who cannot see or cannot use a mouse. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`)).toEqual([]);
}
