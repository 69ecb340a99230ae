import type { Page } from '@playwright/test';
import { expect, testAlone } from './fixture';
import { meeting, password } from './office';

const test = testAlone();

/** Pages by who may open them. */
const pages: Readonly<Record<string, readonly string[]>> = {
  '': ['/', '/dang-nhap', '/chung-thu'],
  thuky: ['/trang-chu', '/lich', `/lich/${meeting}`, `/lich/${meeting}/bien-ban`, '/tai-khoan', '/kho', `/hop/${meeting}/thu-ky`, `/hop/${meeting}/chu-tri`, `/hop/${meeting}/ky-thuat`],
  quantri: ['/tinh-trang', '/may-diem-cau', '/tai-khoan-cau', '/nhat-ky'],
  luutru: ['/luu-tru', '/luu-tru/huy', '/luu-tru/thoi-han'],
};

async function become(page: Page, user: string): Promise<void> {
  const made = await page.request.post('/api/session', { data: { user, password } });
  expect(made.status()).toBeLessThan(300);
}

test('every page fits 320 pixels, a desk at 400 % zoom, in both languages', async ({ demoBridge, browser }) => {
  test.setTimeout(180_000);
  const context = await browser.newContext({ baseURL: demoBridge.url, viewport: { width: 320, height: 640 }, locale: 'vi-VN' });
  const page = await context.newPage();
  const wide: string[] = [];
  await page.goto('/dang-nhap'); // storage belongs to a page
  for (const [user, paths] of Object.entries(pages)) {
    if (user !== '') await become(page, user);
    if (user === 'thuky') await page.request.post(`/api/meetings/${meeting}/open`);
    for (const path of paths) {
      for (const language of ['vi', 'en']) {
        const choice = page.locator(`button[lang="${language}"]`).first();
        if (language === 'en' && (await choice.count()) > 0) await choice.click();
        else {
          await page.evaluate((word) => localStorage.setItem('diemcau.language', word), language);
          await page.goto(path, { waitUntil: 'networkidle' });
        }
        await expect(page.locator('h1').first()).toBeVisible();
        await expect(page.locator('h1').first()).not.toHaveText(/^(Không mở được trang này|This page cannot be opened)$/);
        await expect(page.locator('html')).toHaveAttribute('lang', language);
        expect(new URL(page.url()).pathname).toBe(path); // a page that sends elsewhere was not measured
        const more = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (more > 0) wide.push(`${path} ${language}: ${more} px`);
      }
    }
  }
  expect(wide).toEqual([]);
  await context.close();
});
