import type { Browser, Locator, Page } from '@playwright/test';
import { expect, houseOf, steadyTone, testAlone, type Point, type Watch } from './fixture';
import { Film } from './film';
import { expectAccessible, fillSignIn, meeting, newPage, password, signIn, takeSeat } from './office';
import { begin, callRoll, findBriefing, keepSheet, passAllChecks, signMinutes, writeCourse } from './steps';
import { callIn, clickTime, smallCamera, watchPictures, wrongClock } from './pictures';

/**
 * The second sample meeting (the monthly briefing) from its invitation to signed minutes, with four points and three
 * boards, by clicks and keys only. The tests follow one another in the same windows: what one did, the next finds.
 */
const test = testAlone();
test.describe.configure({ mode: 'serial', timeout: 120_000 });

const watch: Watch = { hosts: new Set(), faults: [] };
const film = new Film();
const windows = new Map<string, Page>();
let url = '';
let house: ReturnType<typeof houseOf>;
let chair: Page;
let secretary: Page;
let technician: Page;
let hall: Point;
let ward: Point;
let communes: readonly [Point, Point];

const named = (who: string, page: Page): Page => {
  windows.set(who, page);
  return page;
};
const at = async (browser: Browser, user: string, prepare?: (page: Page) => Promise<unknown>) => named(user, await signIn(browser, url, user, prepare));
const sign = (point: Point) => point.page.getByTestId('own-mic');
const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true });
const cutBack = () => chair.getByRole('toolbar').getByRole('button', { name: 'Cắt về điểm cầu chính' });
const tab = async (name: string) => secretary.getByRole('tab', { name }).click();

/** Asks to speak by the key, which does nothing before the room knows the meeting. */
async function ask(point: Point): Promise<void> {
  await expect(point.page.getByTestId('hand')).toBeEnabled();
  await point.page.keyboard.press('p');
  await expect(point.page.getByTestId('place')).toBeVisible();
}

async function seat(index: number, hertz: number): Promise<Point> {
  const point = await house.open(index, async (page) => {
    await page.setViewportSize({ width: 1024, height: 576 });
    await smallCamera(page);
    await steadyTone(page, hertz);
  });
  await takeSeat(point);
  named(point.id, point.page);
  return point;
}

test.beforeAll(({ demoBridge, browser }) => {
  ({ url } = demoBridge);
  house = houseOf(demoBridge, browser, watch);
});

test.afterAll(async () => {
  await film.develop(windows);
  for (const page of [chair, secretary, technician]) await page?.context().close();
  await house.close();
  expect(watch.faults, 'errors and broken rules in the pages').toEqual([]);
});

test('SCH-05 SCH-09 the link of a letter shows the invitation, notes that it was seen, and takes a reply with a substitute', async ({ browser }) => {
  secretary = await at(browser, 'thuky');
  await expectAccessible(secretary);
  await findBriefing(secretary);
  await button(secretary, 'Giấy mời của Xã Tân Dụ').click();
  await expectAccessible(secretary);
  const link = (await secretary.getByRole('dialog').locator('output').textContent()) ?? '';
  await film.shot('link', secretary, windows);
  await secretary.keyboard.press('Escape');

  const guest = await newPage(browser);
  await guest.goto(`${url}/invitation${link.slice(link.indexOf('#'))}`);
  const letter = guest.getByTestId('invitation');
  await expect(letter).toContainText('Kính mời: Xã Tân Dụ');
  await expect(letter).not.toContainText('Nguyễn Văn Mẫu');
  await expectAccessible(guest);
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
  await expectAccessible(guest);
  await secretary.reload();
  await button(secretary, 'Đồng ý').click();
  await expect(secretary.getByText('Người dự thay đã được đồng ý')).toBeVisible();
  await guest.reload();
  await expect(guest.getByText('Người dự thay đã được đồng ý')).toBeVisible();
  await film.shot('invitation', guest, windows);
  // In the end its leader comes himself, and so keeps his vote.
  await guest.getByText('Tham dự', { exact: true }).first().click();
  await guest.getByRole('button', { name: 'Gửi trả lời' }).click();
  await expect(guest.getByText('Người dự thay đã được đồng ý')).toHaveCount(0);
  // A word that nobody sealed opens nothing, and says so.
  await guest.goto(`${url}/trang-chu`);
  await guest.goto(`${url}/invitation#nobody-sealed-this`);
  await expect(guest.getByRole('heading', { name: 'Không mở được giấy mời' })).toBeVisible();
  await guest.context().close();
});

test('CON-01 CON-02 SEC-04 the boards open, a stranger sees none of it, and every point enters with its microphone off', async ({ browser }) => {
  const stranger = await newPage(browser);
  await stranger.goto(`${url}/hop/${meeting}/chu-tri`);
  await expect(stranger.getByText('Cần đăng nhập để dùng bàn điều khiển này.')).toBeVisible();
  await expectAccessible(stranger);
  await stranger.getByRole('link', { name: 'Đăng nhập' }).click();
  await expect(stranger.getByRole('textbox', { name: 'Tên đăng nhập' })).toBeVisible();
  await stranger.context().close();

  await secretary.getByRole('link', { name: 'Bàn làm việc của thư ký' }).click();
  await button(secretary, 'Mở cuộc họp').click();
  await expect(secretary.getByTestId('roll')).toBeVisible();
  technician = await at(browser, 'kythuat', (page) => steadyTone(page));
  await technician.goto(`${url}/hop/${meeting}/ky-thuat`);
  hall = await seat(0, 440);
  communes = [await seat(5, 880), await seat(7, 660)];
  ward = await seat(4, 550);
  for (const point of [...communes, ward]) await expect(sign(point)).toContainText('MICRO ĐANG TẮT');
  await film.shot('points', communes[0].page, windows);
});

test('CON-05 CON-15 SCH-06 the technician sees a point’s figures, looks at it off the air, talks to it alone and fills in its sheet', async () => {
  const [commune] = communes;
  const row = technician.getByTestId('point-row').filter({ hasText: commune.name });
  await expect(row).toContainText(/↑ \d+,\d/);
  await expect(row.locator('[data-column="rtt"]')).toContainText('ms');
  await row.getByRole('button', { name: commune.name }).click();
  await button(technician, 'Xem trước').click();
  const frames = () => technician.getByTestId('preview-picture').evaluate((video: HTMLVideoElement) => video.getVideoPlaybackQuality().totalVideoFrames);
  await expect.poll(frames).toBeGreaterThan(10);
  await expect(commune.page.getByTestId('off-air')).toContainText('xem, nghe thử');
  await technician.getByTestId('talk').click();
  await expect(commune.page.getByTestId('off-air')).toContainText('đang nói riêng');
  await expect(hall.page.getByTestId('off-air')).toHaveCount(0);
  await expectAccessible(technician);
  await film.shot('talkback', technician, windows);
  await technician.getByTestId('talk').click();
  await expect(commune.page.getByTestId('off-air')).toContainText('xem, nghe thử');
  await passAllChecks(technician);
  await expectAccessible(technician);
  await keepSheet(technician);
});

test('CON-07 CON-08 eleven points are called by one key each, one of them with the reason of its absence', async () => {
  await callRoll(secretary);
  await expect(secretary.getByTestId('roll').locator('tr[data-status="vang-co-ly-do"]')).toContainText('Mất điện lưới');
  await expectAccessible(secretary);
  await film.shot('roll', secretary, windows);
});

/** CON04_ACTS=20 makes as many acts, on a machine that does nothing else, and holds them to the requirement's seconds. */
const measured = process.env.CON04_ACTS !== undefined;
const acts = Number(process.env.CON04_ACTS ?? 2);

/**
 * From a click until a point stands in the large place of all screens, ms; when it is measured, until its picture moves
 * there, which a busy machine may hold back for long.
 */
async function timed(screens: readonly Point[], point: Point, press: Locator): Promise<number> {
  const watched = measured ? await watchPictures(screens, point) : null;
  const clicked = await clickTime(chair, press);
  if (watched) return Math.round(Math.max(...(await Promise.all(watched.shown))) - clicked);
  await Promise.all(screens.map((screen) => expect(screen.tile(point)).toHaveAttribute('data-role', 'main')));
  return Math.round(Date.now() - clicked);
}

test('CON-03 CON-04 CON-06 CON-14 points ask by key, are invited, seen on all screens within 2 s, and cut back within 1 s', async ({ browser }) => {
  test.setTimeout(90_000 + acts * 15_000);
  chair = await at(browser, 'chutri', wrongClock);
  await expect(chair.getByText('Đồng hồ của máy này sai 180 phút')).toBeVisible();
  await chair.goto(`${url}/hop/${meeting}/chu-tri`);
  const there = await chair.getByTestId('order-row').nth(3).locator('td').first().textContent();
  expect(there, 'times are those of Viet Nam on a machine of another country').toBe('13:55');
  const vietnam = new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Ho_Chi_Minh', hour: '2-digit', minute: '2-digit' });
  await expect.poll(async () => chair.getByRole('banner').textContent()).toContain(vietnam.format(new Date()));
  await button(chair, 'Khai mạc').click();
  await expect(chair.getByText('Đang họp')).toBeVisible();
  for (let item = 1; item <= 4; item++) await begin(secretary, item);

  // The order of the queue is the secretary's to change; each point sees its place.
  for (const point of [...communes, ward]) await ask(point);
  await expect(ward.page.getByTestId('place')).toHaveText('Thứ 3 trong 3 điểm cầu chờ');
  await tab('Phát biểu');
  await button(secretary, `Đưa lên trước: ${ward.name}`).click();
  await expect(ward.page.getByTestId('place')).toHaveText('Thứ 2 trong 3 điểm cầu chờ');
  await expectAccessible(chair);
  await film.shot('queue', chair, windows);

  const took = { invite: [] as number[], cut: [] as number[] };
  const order = [communes[0], ward, communes[1]];
  for (let act = 0; act < acts; act++) {
    const speaker = order[act % order.length];
    if (!speaker) throw new Error('nobody to invite');
    if (act >= order.length) await ask(speaker);
    await expect(chair.getByTestId('queue-row').first()).toHaveAttribute('data-point', speaker.id);
    const others = [hall, ...order].filter((each) => each !== speaker);
    took.invite.push(await timed(others, speaker, chair.getByTestId('invite-next')));
    await expect(sign(speaker)).toContainText('ĐANG PHÁT BIỂU');
    await expect(speaker.page.getByTestId('room-clock')).toBeVisible();
    if (act === 0) {
      await hall.expectMoving(speaker);
      await expectAccessible(speaker.page);
      await film.shot('speech', speaker.page, windows);
    }
    took.cut.push(await timed(order, hall, cutBack()));
    await expect(sign(speaker)).toContainText('MICRO ĐANG TẮT');
  }
  const worst = { invite: Math.max(...took.invite), cut: Math.max(...took.cut) };
  console.log(`      ${acts} acts: on all screens within ${worst.invite} ms (${took.invite.join(', ')}), cut back within ${worst.cut} ms (${took.cut.join(', ')})`);
  if (measured) {
    expect(worst.invite).toBeLessThanOrEqual(2_000);
    expect(worst.cut).toBeLessThanOrEqual(1_000);
  }
});

test('CON-02 a camera that is taken away in mid-speech is named with what to do, and comes back by itself', async () => {
  const commune = communes[1];
  if (measured) await ask(commune);
  await chair.getByTestId('invite-next').click();
  await hall.expectMoving(commune);
  await callIn(commune.page, 'unplug');
  const trouble = commune.page.getByRole('alert').filter({ hasText: 'Mất camera giữa chừng' });
  await expect(trouble).toBeVisible();
  await expect(sign(commune)).toContainText('ĐANG PHÁT BIỂU');
  await expectAccessible(commune.page);
  await film.shot('camera', commune.page, windows);
  await callIn(commune.page, 'plugIn');
  await expect(trouble).toHaveCount(0);
  await hall.expectMoving(commune);
  await cutBack().click();
  await expect(sign(commune)).toContainText('MICRO ĐANG TẮT');
});

test('MIN-01 CON-10 the course is written beside the agenda, a moment is marked, and the layout is the same at all points', async () => {
  await writeCourse(secretary);
  await film.shot('course', secretary, windows);
  await technician.getByRole('combobox', { name: 'Bố cục màn hình' }).click();
  await technician.getByRole('option', { name: 'Lưới 4 hình' }).click();
  for (const point of [hall, ward]) await expect(point.tiles).toHaveCount(4);
  await film.shot('grid', hall.page, windows);
});

test('CON-01 SEC-05 the technician’s right goes to another machine while live, outlives a reload, and a board left alone locks', async ({ browser }) => {
  const other = await at(browser, 'quantri', (page) => page.clock.install());
  await button(technician, 'Bàn giao').click();
  const seatOf = technician.getByTestId('seat').filter({ has: technician.getByRole('heading', { name: 'Kỹ thuật viên' }) });
  await expect(technician.getByRole('button', { name: 'Bàn giao', exact: true }).and(technician.getByRole('dialog').locator('button'))).toHaveCount(1);
  await seatOf.getByRole('combobox').click();
  await technician.getByRole('option', { name: 'Trần Thị Ví Dụ' }).click();
  await expectAccessible(technician);
  await film.shot('hand-over', technician, windows);
  await seatOf.getByRole('button', { name: 'Bàn giao' }).click();
  await expect(seatOf).toContainText('Đang giữ: Trần Thị Ví Dụ');
  await technician.keyboard.press('Escape');
  await expect(technician.getByTestId('look-only')).toContainText('Trần Thị Ví Dụ');
  await other.goto(`${url}/hop/${meeting}/ky-thuat`);
  await other.reload();
  await other.getByRole('combobox', { name: 'Bố cục màn hình' }).click();
  await other.getByRole('option', { name: 'Toàn màn hình' }).click();
  await expect(hall.tiles).toHaveCount(1);
  await expect(other.getByTestId('look-only')).toHaveCount(0);

  const locked = other.getByRole('heading', { name: 'Bàn điều khiển đã khóa' });
  await other.clock.fastForward(14 * 60_000);
  await other.mouse.move(200, 200);
  await other.clock.fastForward(14 * 60_000);
  await expect(other.getByRole('banner')).toBeVisible();
  await other.clock.fastForward(2 * 60_000);
  await expect(locked).toBeVisible();
  await expect(other.getByTestId('points')).toHaveCount(0);
  await expectAccessible(other);
  await other.reload();
  await expect(locked).toBeVisible();
  await expect(sign(ward)).toBeVisible();
  const field = other.getByLabel('Mật khẩu', { exact: true });
  await field.fill('sai');
  await field.press('Enter');
  await expect(other.getByText('Mật khẩu không đúng.')).toBeVisible();
  await field.fill(password);
  await button(other, 'Mở khóa').click();
  await expect(other.getByRole('banner')).toBeVisible();
  await other.context().close();
});

test('VOT-01 VOT-02 VOT-03 a show of hands of 38 of 41 members is entered, corrected, confirmed and closed', async () => {
  await begin(secretary, 5);
  await tab('Biểu quyết');
  await secretary.getByRole('textbox', { name: 'Vấn đề biểu quyết' }).fill('Thông qua dự thảo Quy chế vận hành hội nghị trực tuyến cấp xã');
  await button(secretary, 'Đưa ra chờ mở').click();
  await expect(chair.getByText('Có mặt 38/41')).toBeVisible();
  await expect(chair.getByText('Đủ số người theo quy định')).toBeVisible();
  await button(chair, 'Mở biểu quyết').click();
  // One point counts its own hands; the secretary enters the others from the keyboard, and corrects one.
  const own = communes[1].page;
  for (const kind of ['Tán thành', 'Tán thành', 'Không biểu quyết']) await button(own, `${kind} +1`).click();
  await film.shot('hands', own, windows);
  await button(own, 'Gửi số đếm').click();
  const rows = secretary.getByTestId('hands-row');
  await expect(rows).toHaveCount(10);
  await expect(rows.filter({ hasText: communes[1].name }).getByRole('textbox', { name: /^Không biểu quyết/ })).toHaveValue('1');
  await rows.first().getByRole('textbox').first().focus();
  for (let point = 0; point < 10; point++) await secretary.keyboard.press('Enter');
  await expect(button(secretary, 'Xác nhận 10 số đếm')).toBeEnabled();
  for (const [name, kind] of [[ward.name, 'Không tán thành'], ['Sở KH&CN', 'Không biểu quyết']] as const) {
    const row = rows.filter({ hasText: name });
    await row.getByRole('textbox', { name: /^Tán thành/ }).fill('2');
    await row.getByRole('textbox', { name: new RegExp(`^${kind}`) }).fill('1');
    await secretary.keyboard.press('Enter');
    await expect(row.locator('s')).toHaveText('3 / 0 / 0');
  }
  await expectAccessible(secretary);
  await film.shot('count', secretary, windows);
  await button(secretary, 'Xác nhận 10 số đếm').click();
  await expect(secretary.getByText('Đã xác nhận 10/10')).toBeVisible();
  await button(chair, 'Đóng biểu quyết').click();
  await button(chair, 'Bấm lần nữa để xác nhận').click();
  await expect(chair.getByText('Thông qua: 85,4 % tán thành')).toBeVisible();
  for (const point of [hall, ward]) await expect(point.page.getByTestId('vote')).toContainText('35');
  await film.shot('result', hall.page, windows);
});

test('SEC-09 a guest gives a name, waits and is let in; another is refused', async ({ browser }) => {
  await tab('Phòng chờ');
  await button(secretary, 'Tạo liên kết cho khách').click();
  const link = (await secretary.locator('output', { hasText: '/khach#' }).textContent()) ?? '';
  const come = async (name: string) => {
    const page = await newPage(browser);
    await page.goto(link);
    await page.getByRole('textbox', { name: 'Họ tên' }).fill(name);
    await expectAccessible(page);
    await button(page, 'Vào phòng chờ').click();
    await expect(page.getByRole('heading', { name: 'Đang chờ cho vào' })).toBeVisible();
    return page;
  };
  const first = await come('Khách Mời <b>Thứ Nhất</b>');
  const second = await come('Khách Mời Thứ Hai');
  const line = (name: string): Locator => secretary.getByTestId('guest').filter({ hasText: name });
  await line('Thứ Nhất').getByRole('button', { name: 'Cho vào' }).click();
  await line('Thứ Hai').getByRole('button', { name: 'Từ chối' }).click();
  await expect(line('Thứ Nhất')).toHaveAttribute('data-state', 'cho-vao');
  await expectAccessible(secretary);
  await expect(second.getByText('Không được vào cuộc họp này')).toBeVisible();
  await button(first, 'Vào họp').click();
  await expect(first).toHaveURL(`${url}/hop/${meeting}`);
  await expect(button(first, 'Rời cuộc họp')).toBeVisible();
  // What a guest writes is text and stays text.
  await expect(first.locator('b', { hasText: 'Thứ Nhất' })).toHaveCount(0);
  for (const page of [first, second]) await page.context().close();
});

test('MIN-04 MIN-05 conclusions get lead, support and deadline, and the minutes are drawn, submitted, signed and numbered', async () => {
  for (let item = 6; item <= 7; item++) await begin(secretary, item);
  await tab('Kết luận');
  for (const [content, lead, due] of [['Rà soát dự án giải ngân dưới 50 %', 'Sở Tài chính', '15/01/2027'], ['Ban hành Quy chế vận hành', 'Sở KH&CN', '31/01/2027']] as const) {
    await secretary.getByRole('textbox', { name: 'Nội dung' }).fill(content);
    await secretary.getByRole('textbox', { name: 'Đơn vị chủ trì' }).fill(lead);
    await secretary.getByRole('textbox', { name: 'Đơn vị phối hợp' }).fill('UBND các xã, phường');
    await secretary.getByRole('textbox', { name: 'Thời hạn hoàn thành' }).fill(due);
    await secretary.keyboard.press('Enter');
    await expect(secretary.getByTestId('task').filter({ hasText: content })).toContainText(due);
  }
  await film.shot('conclusions', secretary, windows);
  await button(secretary, 'Kết thúc').click();
  await button(chair, 'Bế mạc').click();
  await button(chair, 'Bấm lần nữa để xác nhận').click();
  await expect(hall.page.getByText('Cuộc họp đã bế mạc').first()).toBeVisible();

  await tab('Biên bản');
  await button(secretary, 'Lập dự thảo').click();
  const version = secretary.getByTestId('minutes-version').first();
  for (const word of ['Mất điện lưới', 'Đề nghị tháo gỡ mặt bằng', '35', 'Rà soát dự án giải ngân', 'Xã Hà Ví']) await expect(version).toContainText(word);
  await film.shot('draft', secretary, windows);
  await button(secretary, 'Trình ký').click();
  await expect(version).toHaveAttribute('data-stage', 'trinh-ky');
  await chair.getByRole('link', { name: 'Biên bản và tài liệu' }).click();
  await signMinutes(chair);
  await expectAccessible(chair);
  await film.shot('signed', chair, windows);
  await secretary.reload();
  await tab('Biên bản');
  await button(secretary, 'Cấp số').click();
  await expect(version).toContainText('01/BB-');
  const loading = secretary.waitForEvent('download');
  await secretary.getByRole('link', { name: 'Biên bản 1, tệp PDF' }).click();
  expect((await loading).suggestedFilename()).toMatch(/\.pdf$/);
  await button(secretary, 'Ghi đã gửi').click();
  await expect(secretary.getByTestId('notice-due')).toContainText('Đã gửi ngày');
  await film.shot('papers', secretary, windows);
});
