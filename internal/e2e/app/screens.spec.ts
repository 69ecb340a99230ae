import type { Page } from '@playwright/test';
import { expect, testAlone } from './fixture';
import { Film } from './film';
import { expectAccessible, newPage, signIn } from './office';
import { begin } from './steps';

const test = testAlone();
const film = new Film();
const commune = 'Xã Tân Dụ';
const title = 'Giao ban chỉ bằng màn hình';

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const vietnam = (day: Date) => new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Ho_Chi_Minh', day: '2-digit', month: '2-digit', year: 'numeric' }).format(day);

/** Tomorrow's meeting of two points: its people, heads and voters, from nothing to its invitation. */
async function prepare(page: Page): Promise<void> {
  await button(page, 'Tạo cuộc họp').click();
  await page.getByRole('menuitem', { name: 'Giao ban' }).click();
  await page.getByRole('textbox', { name: 'Tên cuộc họp' }).fill(title);
  await page.getByRole('textbox', { name: 'Ngày họp' }).fill(vietnam(new Date(Date.now() + 86_400_000)));
  await page.keyboard.press('Enter');
  for (const [name, digits] of [['Bắt đầu', '0800'], ['Kết thúc', '1030']] as const) {
    await page.getByRole('group', { name }).or(page.locator('.mantine-TimePicker-root', { hasText: name })).getByLabel('Giờ').first().click();
    await page.keyboard.type(digits);
  }
  for (const [name, part] of [['Người chủ trì', 'van mau'], ['Đầu mối kỹ thuật', 'Kiểm Thử']] as const) {
    await page.getByRole('combobox', { name, exact: true }).click();
    await page.keyboard.type(part);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
  }
  await page.getByRole('combobox', { name: 'Điểm cầu chính' }).click();
  await page.getByRole('option', { name: 'Hội trường UBND tỉnh' }).click();
  await page.getByRole('checkbox', { name: commune }).click();
  // The map names who answers for the point; the directory knows him.
  await expect(page.getByRole('combobox', { name: `Người đứng đầu: ${commune}` })).toHaveValue('Hoàng Văn Giả Định');
  await page.getByRole('textbox', { name: `Số triệu tập: ${commune}` }).fill('4');
  await page.getByRole('textbox', { name: 'Số triệu tập của 1 điểm cầu còn trống' }).fill('9');
  await button(page, 'Áp dụng').click();
  await button(page, 'Thêm người chủ trì và người đứng đầu các điểm cầu').click();
  await expect(page.getByTestId('voter')).toHaveCount(3);
  await button(page, 'Lưu').click();
  await page.getByRole('textbox', { name: 'Lý do gửi muộn' }).fill('Việc gấp');
  await expectAccessible(page);
  await film.shot('editor', page, new Map());
  await button(page, 'Phát hành giấy mời').click();
  await expect(page.getByText('Đã phát hành', { exact: true })).toBeVisible();
}

/** A paper that only the commune may read, sent after the deadline with its reason, and a test run. */
async function send(page: Page): Promise<void> {
  await page.getByRole('checkbox', { name: /^Hạn chế người xem/ }).check();
  await page.getByRole('textbox', { name: 'Lý do gửi tài liệu muộn' }).fill('Số liệu mới có');
  await page.getByLabel('Tài liệu của mục 1').setInputFiles({ name: 'so-lieu.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n%%EOF\n') });
  const readers = button(page, 'Người xem: so-lieu.pdf');
  await expect(readers).toHaveText('Đích danh');
  await readers.click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Theo điểm cầu', { exact: true }).click();
  await dialog.getByRole('combobox', { name: 'Điểm cầu, đơn vị' }).click();
  await page.getByRole('option', { name: commune }).click();
  await expectAccessible(page);
  await film.shot('readers', page, new Map());
  await button(page, 'Lưu').last().click();
  await expect(readers).toHaveText('Theo điểm cầu');
  await button(page, 'Đặt phiên chạy thử').click();
  await expect(page.getByTestId('rehearsal')).toContainText('14:00–15:00');
  await expectAccessible(page);
  await film.shot('published', page, new Map());
}

/** The technician reads the code out, and somebody types it at the machine in the room. */
async function pair(technician: Page, room: Page): Promise<void> {
  await technician.getByRole('link', { name: 'Vận hành' }).click();
  await technician.getByRole('link', { name: 'Máy điểm cầu' }).click();
  await technician.getByRole('combobox', { name: 'Điểm cầu' }).click();
  await technician.getByRole('option', { name: commune }).click();
  await button(technician, 'Lấy mã ghép máy').click();
  const code = (await technician.getByTestId('code').textContent()) ?? '';
  await room.getByRole('link', { name: 'Ghép máy này với điểm cầu' }).click();
  const field = room.getByRole('textbox', { name: 'Mã ghép máy' });
  await field.fill('222-22222');
  await field.press('Enter');
  await expect(room.getByRole('alert')).toContainText('Mã ghép máy không đúng');
  await expectAccessible(room);
  await field.fill(code.toLowerCase());
  await field.press('Enter');
  await expect(room.getByRole('heading', { name: commune })).toBeVisible();
}

async function vote(secretary: Page, chair: Page, room: Page): Promise<void> {
  await secretary.getByRole('tab', { name: 'Biểu quyết' }).click();
  await secretary.getByRole('textbox', { name: 'Vấn đề biểu quyết' }).fill('Thông qua Quy chế');
  await film.shot('motion', secretary, new Map());
  await button(secretary, 'Đưa ra chờ mở').click();
  await button(chair, 'Mở biểu quyết').click();
  await button(room, 'Tán thành +1').click();
  await button(room, 'Gửi số đếm').click();
  const rows = secretary.getByTestId('hands-row');
  await expect(rows).toHaveCount(2);
  await expect(rows.filter({ hasText: commune }).getByRole('textbox').first()).toHaveValue('1');
  await rows.filter({ hasText: 'Hội trường' }).getByRole('textbox').first().press('Enter');
  await button(secretary, 'Xác nhận 2 số đếm').click();
  await button(chair, 'Đóng biểu quyết').click();
  await button(chair, 'Bấm lần nữa để xác nhận').click();
  await expect(chair.getByText(/Thông qua: 100(,0)? % tán thành/)).toBeVisible();
}

/** Opens the draft, writes the general remark, and keeps it. */
async function write(secretary: Page, words: string): Promise<void> {
  await button(secretary, 'Sửa nội dung biên bản').click();
  const form = secretary.getByRole('form', { name: 'Sửa nội dung biên bản' });
  await form.getByRole('textbox', { name: 'Đánh giá chung' }).fill(words);
  await expectAccessible(secretary);
  await film.shot(`write ${words}`, secretary, new Map());
  await button(secretary, 'Lưu biên bản').click();
  await expect(form).toHaveCount(0);
  await expect(secretary.getByTestId('minutes-version').first()).toContainText(words);
}

/** The head of the commune, at his own desk, finds the invitation among what is asked of him; what he answered is shown. */
async function answer(head: Page): Promise<void> {
  const asked = head.getByTestId('asked').filter({ hasText: title });
  await asked.getByRole('button', { name: 'Trả lời khác' }).click();
  await head.getByText('Vắng', { exact: true }).click();
  await head.getByRole('textbox', { name: 'Lý do vắng' }).fill('Đi công tác');
  await expectAccessible(head);
  await film.shot('answer', head, new Map());
  await button(head, 'Gửi trả lời').click();
  // He may be invited to others of the same days.
  await expect(head.getByTestId('today').or(head.getByRole('listitem')).filter({ hasText: title }).getByTestId('answered')).toContainText('Vắng');
  await expect(asked).toHaveCount(0);
  await film.shot('answered', head, new Map());
  await head.context().close();
}

test('SEC-04 SCH-04 SCH-05 SCH-06 CON-07 VOT-01 ARC-01 MIN-04 a meeting made by the screens alone is held: paired room, roll with heads, vote, corrected minutes', async ({ demoBridge, browser }) => {
  test.setTimeout(120_000);
  const { url } = demoBridge;
  const secretary = await signIn(browser, url, 'thuky');
  await prepare(secretary);
  await send(secretary);
  await answer(await signIn(browser, url, 'daibieu'));
  const technician = await signIn(browser, url, 'kythuat');
  const room = await newPage(browser);
  await room.goto(url);
  await pair(technician, room);
  await technician.context().close();
  await expect(room.getByTestId('ahead')).toContainText(title);
  await expectAccessible(room);
  await film.shot('machine', room, new Map());

  await secretary.getByRole('link', { name: 'Bàn làm việc của thư ký' }).click();
  await button(secretary, 'Mở cuộc họp').click();
  await room.getByTestId('ahead').getByRole('link', { name: 'Vào họp' }).click();
  await button(room, 'Vào họp').click();
  await expect(room.getByTestId('own-mic')).toBeVisible();
  const chair = await signIn(browser, url, 'chutri');
  await chair.getByRole('link', { name: title }).click();
  await chair.getByRole('link', { name: 'Bàn điều khiển của người chủ trì' }).click();
  await button(chair, 'Khai mạc').click();
  await button(chair, 'Ghi hình').click();
  await expect(room.getByTestId('recording-sign')).toContainText('Đang ghi âm, ghi hình');
  await expect(room.getByTestId('recording-told')).toBeVisible();
  await expectAccessible(room);
  await film.shot('recorded', room, new Map());

  const roll = secretary.getByTestId('roll');
  await roll.focus();
  for (let point = 0; point < 2; point++) await secretary.keyboard.press('Space');
  await expect(secretary.getByText('Có mặt 2/2 điểm cầu · 13/13 đại biểu')).toBeVisible();
  await begin(secretary, 1);
  await vote(secretary, chair, room);
  await button(secretary, 'Kết thúc').click();
  await button(chair, 'Bế mạc').click();
  await button(chair, 'Bấm lần nữa để xác nhận').click();

  // The room leaves by hand; its machine waits for the next meeting and does not go back by itself.
  await button(room, 'Rời cuộc họp').click();
  await room.getByRole('dialog').getByRole('button', { name: 'Rời cuộc họp' }).click();
  await room.getByRole('button', { name: 'Vào họp lại' }).click();
  await expect(room.getByRole('heading', { name: commune })).toBeVisible();
  await room.context().close();

  await secretary.getByRole('tab', { name: 'Biên bản' }).click();
  await button(secretary, 'Lập dự thảo').click();
  await write(secretary, 'Kết quả khá.');
  await button(secretary, 'Trình ký').click();
  await chair.getByRole('link', { name: 'Biên bản và tài liệu' }).click();
  await button(chair, 'Ký biên bản').click();
  await expect(chair.getByTestId('minutes-version').first()).toContainText('Mã băm SHA-256');
  await secretary.reload();
  await secretary.getByRole('tab', { name: 'Biên bản' }).click();
  await secretary.getByRole('textbox', { name: 'Lý do đính chính' }).fill('Ghi nhầm đánh giá');
  await button(secretary, 'Lập bản đính chính').click();
  await write(secretary, 'Kết quả tốt.');
  await expect(secretary.getByTestId('minutes-version').last()).toContainText('Kết quả khá.');
  for (const page of [secretary, chair]) await page.context().close();
});
