import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startBridge } from '../bridge';
import { expect, test } from './fixture';
import { expectAccessible, password, signIn, withPasskeys } from './office';

/** A sealed recording of a weekly briefing of 2018: kept until the end of 2023. */
const old = resolve(import.meta.dirname, '../recordings');

test('ARC-06 ARC-07 a hold stops the disposal; two people then decide on it, and its record stays', async ({ browser }) => {
  test.skip(process.env.DIEMCAU_URL !== undefined, 'the archive is not ours');
  const archive = await mkdtemp(join(tmpdir(), 'diemcau-keeping-'));
  await cp(old, archive, { recursive: true });
  const bridge = await startBridge({ args: ['--demo'], config: `recording: {dir: ${JSON.stringify(archive)}}\n` });
  try {
    const page = await signIn(browser, bridge.url, 'luutru');
    await page.getByRole('link', { name: 'Lưu trữ', exact: true }).click();
    const row = page.getByTestId('kept');
    await expect(row).toContainText('31/12/2023');
    await expect(row).toContainText('Quá hạn nộp');
    await expectAccessible(page);
    const mark = row.getByRole('checkbox');

    const hold = page.getByRole('region', { name: 'Tạm dừng hủy' });
    await row.getByRole('button', { name: 'Chi tiết' }).click();
    await hold.getByLabel('Lý do').fill('Thanh tra tỉnh yêu cầu');
    await hold.getByRole('button', { name: 'Tạm dừng hủy' }).click();
    await expect(hold.getByTestId('hold')).toContainText('Thanh tra tỉnh yêu cầu Phạm Thị Minh Họa');
    await expect(mark).toBeDisabled();
    await hold.getByLabel('Lý do bỏ').fill('Đã kết luận thanh tra');
    await hold.getByRole('button', { name: 'Bỏ tạm dừng' }).click();
    await expect(hold.getByTestId('hold')).toContainText('Đã bỏ: Đã kết luận thanh tra');
    await expectAccessible(page);
    await page.keyboard.press('Escape');

    await mark.check();
    await page.getByRole('button', { name: 'Đề nghị hủy 1 bản ghi' }).click();
    await page.getByRole('textbox', { name: 'Lý do' }).fill('Hết thời hạn lưu trữ');
    await page.getByRole('button', { name: 'Gửi đề nghị' }).click();
    const list = page.getByTestId('disposal');
    await expect(list).toContainText('Chờ duyệt');
    await expect(list.getByRole('button', { name: 'Duyệt', exact: true })).toHaveCount(0);

    // The second person decides by a key on his device: whoever has one needs no password.
    const named = bridge.url.replace('127.0.0.1', 'localhost'); // passkeys belong to names
    const chair = await signIn(browser, named, 'chutri', withPasskeys);
    await chair.goto(`${named}/tai-khoan`);
    await chair.getByRole('textbox', { name: 'Tên thiết bị' }).fill('Máy chủ tọa');
    await chair.getByRole('button', { name: 'Thêm khóa truy cập' }).click();
    await expect(chair.getByTestId('passkey')).toContainText('Máy chủ tọa');
    await chair.goto(`${named}/luu-tru/huy`);
    await chair.getByRole('button', { name: 'Duyệt', exact: true }).click();
    const dialog = chair.getByRole('dialog');
    await dialog.getByLabel('Mật khẩu của tài khoản này', { exact: true }).fill('sai');
    await dialog.getByRole('button', { name: 'Duyệt' }).click();
    await expect(dialog.getByRole('alert')).toContainText('Mật khẩu không đúng');
    await expectAccessible(chair);
    await dialog.getByRole('button', { name: 'Dùng khóa truy cập' }).click();
    await expect(chair.getByTestId('disposal')).toContainText('Đã duyệt, chưa hủy');

    await page.reload();
    await list.getByRole('button', { name: 'Hủy bản ghi' }).click();
    await page.getByRole('dialog').getByLabel('Mật khẩu của tài khoản này', { exact: true }).fill(password);
    await page.getByRole('dialog').getByRole('button', { name: 'Hủy bản ghi' }).click();
    await expect(list).toHaveAttribute('data-stage', 'da-huy');
    await expect(list).toContainText('Đã hủy: kho chính');
    await expectAccessible(page);
    const paper = await page.request.get(bridge.url + (await list.getByRole('link', { name: 'Tải Biên bản hủy PDF' }).getAttribute('href')));
    expect((await paper.body()).subarray(0, 5).toString()).toBe('%PDF-');
    expect((await readdir(archive, { recursive: true })).filter((name) => name.includes('.webm'))).toEqual([]);
  } finally {
    await bridge.stop();
    await rm(archive, { recursive: true, force: true });
  }
});
