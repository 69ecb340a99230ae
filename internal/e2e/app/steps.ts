import type { Page } from '@playwright/test';
import { expect } from './fixture';
import { password } from './office';

/** What people do in the sample briefing, for the test that holds it and for the guides that show it. */

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

/** From the home page to the editor of the briefing, by way of the month. */
export async function findBriefing(secretary: Page, seen: () => Promise<void> = async () => {}): Promise<void> {
  await secretary.getByRole('link', { name: 'Lịch họp' }).click();
  await secretary.getByText('Tháng', { exact: true }).click();
  const entry = secretary.getByRole('link', { name: /giao ban kinh tế/ });
  await entry.waitFor({ timeout: 3_000 }).catch(async () => button(secretary, 'Sau ›').click());
  await expect(entry).toBeVisible();
  await seen();
  await entry.click();
}

/** Opens the check sheet of the point that was chosen, with all lines passed. */
export async function passAllChecks(technician: Page): Promise<void> {
  await button(technician, 'Phiếu kiểm tra').click();
  const sheet = technician.getByRole('form', { name: 'Phiếu kiểm tra' });
  for (const line of ['Hình', 'Micro', 'Loa', 'Chiếu tài liệu', 'Đường truyền']) await sheet.getByRole('radiogroup', { name: line, exact: true }).getByText('Đạt', { exact: true }).click();
}

export async function keepSheet(technician: Page): Promise<void> {
  await button(technician, 'Ghi phiếu').click();
  await expect(technician.getByText('Đã ghi phiếu: Đạt')).toBeVisible();
  await button(technician, 'Thôi xem trước').click();
}

/** Eleven points by one key each; the ninth is absent, for a reason. */
export async function callRoll(secretary: Page): Promise<void> {
  const roll = secretary.getByTestId('roll');
  await roll.focus();
  for (let point = 0; point < 8; point++) await secretary.keyboard.press('Space');
  await secretary.keyboard.press('l');
  await secretary.keyboard.type('Mất điện lưới');
  await secretary.keyboard.press('Enter');
  await roll.focus();
  for (let point = 0; point < 2; point++) await secretary.keyboard.press('c');
  await expect(roll.locator('tr[data-status="co-mat"]')).toHaveCount(10);
}

/** Starts an item of the agenda; the one before it ends. */
export async function begin(secretary: Page, item: number): Promise<void> {
  const row = secretary.getByTestId('order-row').nth(item - 1);
  await row.getByRole('button', { name: 'Bắt đầu' }).click();
  await expect(row).toHaveAttribute('aria-current', 'step');
}

/** The floor, its course and a mark in the recording, as the secretary writes them. */
export async function writeCourse(secretary: Page): Promise<void> {
  await secretary.getByRole('tab', { name: 'Diễn biến' }).click();
  await secretary.getByRole('textbox', { name: 'Tóm tắt ý kiến thứ 1', exact: true }).fill('Đề nghị tháo gỡ mặt bằng đường liên xã.');
  await secretary.getByRole('textbox', { name: 'Diễn biến: Giải ngân đầu tư công' }).fill('Các điểm cầu nêu vướng mắc theo đăng ký.');
  await secretary.getByRole('textbox', { name: 'Tên mốc' }).fill('Ý kiến đường liên xã');
  await secretary.keyboard.press('Enter');
  await expect(secretary.getByText('Đã đánh dấu lúc')).toBeVisible();
}

/** Signing wants a proof of the last five minutes, which a slow walk through the meeting has outlived. */
export async function signMinutes(chair: Page): Promise<void> {
  await button(chair, 'Ký biên bản').click();
  const signed = chair.getByTestId('minutes-version').first().getByText('Mã băm SHA-256');
  const asked = chair.getByRole('dialog');
  await expect(signed.or(asked).first()).toBeVisible();
  if (await asked.isVisible()) {
    await asked.getByLabel('Mật khẩu', { exact: true }).fill(password);
    await button(chair, 'Xác nhận').click();
  }
  await expect(signed).toBeVisible();
}
