import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { startBridge, type Bridge } from '../bridge';
import { expect, test } from './fixture';
import { expectAccessible, password, signIn } from './office';

/** Twelve seconds of one point, picture and sound, of the sample meeting. */
const spoken = resolve(import.meta.dirname, '../spoken');
const id = '01a2284b-72fe-79a1-b414-5e08d7f10c17';

test('ARC-08 ARC-04 what a program writes down is found at its second; a stretch is cut out, and others find the version alone', async ({ browser }) => {
  test.skip(process.env.DIEMCAU_URL !== undefined, 'the archive is not ours');
  const archive = await mkdtemp(join(tmpdir(), 'diemcau-redaction-'));
  await cp(spoken, archive, { recursive: true });
  // A program of the house that writes down what is spoken: here it hears always the same.
  const scribe = join(archive, 'ghi-loi-noi');
  await writeFile(scribe, '#!/bin/sh\ntest -s "$1" && printf "WEBVTT\\n\\n00:03.000 --> 00:05.000\\nthủy lợi nội đồng\\n\\n00:08.000 --> 00:09.500\\nkênh mương kiên cố\\n"\n', { mode: 0o700 });
  const bridge = await startBridge({ args: ['--demo'], config: `recording: {dir: ${JSON.stringify(archive)}, transcribe: {command: [${JSON.stringify(scribe)}, "{sound}"]}}\n` });
  try {
    const page = await signIn(browser, bridge.url, 'luutru');
    await dictated(page, bridge);
    await redacted(browser, page, bridge);
  } finally {
    await bridge.stop();
    await rm(archive, { recursive: true, force: true });
  }
});

/** What is spoken is written down at the click of a button, and found at its second (ARC-08). */
async function dictated(page: Page, bridge: Bridge): Promise<void> {
  await page.goto(`${bridge.url}/kho/${id}`);
  await page.getByText('Lời nói, phụ đề').click();
  await page.getByTestId('dictate').click();
  await page.getByRole('tab', { name: 'Lời nói' }).click();
  await expect(page.getByText('thủy lợi nội đồng').first()).toBeVisible({ timeout: 60_000 });
  await page.getByRole('link', { name: 'Kho ghi hình' }).click();
  await page.getByLabel('Tìm trong kho').fill('thuy loi noi dong');
  await page.getByRole('list', { name: 'Nơi tìm thấy' }).getByRole('link', { name: /thủy lợi nội đồng/ }).first().click({ timeout: 30_000 });
  await expect(page).toHaveURL(/[?&]t=3\b/);
}

/** A stretch is cut out by an archivist who proves himself; from then on others find the version alone (ARC-04). */
async function redacted(browser: Browser, page: Page, bridge: Bridge): Promise<void> {
  await page.goto(`${bridge.url}/kho/${id}`);
  await page.getByRole('button', { name: 'Lược bỏ một đoạn…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Từ (giờ:phút:giây)').fill('0:00:02');
  await dialog.getByLabel('Đến').fill('0:00:06');
  await dialog.getByRole('checkbox', { name: 'Cắt khỏi: tất cả' }).check();
  await dialog.getByLabel('Lý do (người xem bản mới đọc được)').fill('Bí mật đời tư');
  await dialog.getByLabel('Mật khẩu của tài khoản này', { exact: true }).fill(password);
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Lập bản đã lược bỏ' }).click();
  await page.getByRole('link', { name: 'Mở bản mới' }).click({ timeout: 60_000 });
  await expect(page.getByTestId('redacted')).toContainText('Bí mật đời tư');
  await expect(page.getByTestId('sign')).toContainText('Nguyên vẹn', { timeout: 30_000 });
  await page.getByRole('button', { name: 'Phát', exact: true }).first().focus();
  await page.keyboard.press('k');
  await expect.poll(async () => page.locator('[data-testid="replay-tile"] video').first().evaluate((video: HTMLVideoElement) => video.getVideoPlaybackQuality().totalVideoFrames), { timeout: 30_000 }).toBeGreaterThan(5);
  await expectAccessible(page);
  const version = page.url();
  const secretary = await signIn(browser, bridge.url, 'thuky');
  await secretary.goto(`${bridge.url}/kho/${id}`);
  await expect(secretary.getByRole('alert')).toContainText('không được xem');
  await secretary.goto(version);
  await expect(secretary.getByTestId('redacted')).toContainText('Bí mật đời tư');
  await secretary.goto(`${bridge.url}/kho`);
  const words = secretary.getByLabel('Tìm trong kho');
  await words.fill('kenh muong');
  await expect(secretary.getByRole('list', { name: 'Nơi tìm thấy' }).getByRole('link', { name: /kênh mương/ }).first()).toBeVisible({ timeout: 30_000 });
  await words.fill('thuy loi noi dong');
  await expect(secretary.getByRole('list', { name: 'Nơi tìm thấy' })).toHaveCount(0);
  await secretary.context().close();
}
