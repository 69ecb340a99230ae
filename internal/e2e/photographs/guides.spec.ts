import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, type Browser, type Locator, type Page } from '@playwright/test';
import { houseOf, steadyTone, test, type Point, type Watch } from '../app/fixture';
import { meeting, signIn, takeSeat } from '../app/office';
import { begin, callRoll, findBriefing, keepSheet, passAllChecks, signMinutes, writeCourse } from '../app/steps';
import { startBridge } from '../bridge';
import { drawnHall } from './hall';

/**
 * `npm run guides` walks through the sample briefing as docs/guides tell it, step by step with the words of the screens,
 * and takes the pictures of the guides: into GUIDES, or the folder where they are kept. A step of a guide that is no
 * longer possible stops it. SIZE=1920x1080 takes them larger, to be looked at.
 */
const folder = process.env.GUIDES ?? resolve(import.meta.dirname, '../../../docs/guides/pictures');
const [width = 1366, height = 768] = (process.env.SIZE ?? '1366x768').split('x').map(Number);
/** What a picture may weigh, bytes: the guides are read over thin lines too. */
const heaviest = 120_000;

const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true });

/** Takes a picture as WebP, which Playwright itself cannot. */
async function picture(page: Page, name: string): Promise<void> {
  await page.evaluate(async () => document.fonts.ready);
  await page.mouse.move(2, 2);
  await page.evaluate(() => window.scrollTo(0, 0));
  const session = await page.context().newCDPSession(page);
  for (const quality of [82, 65, 45, 25]) {
    const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality });
    const bytes = Buffer.from(data, 'base64');
    if (bytes.length > heaviest) continue;
    writeFileSync(join(folder, `${name}.webp`), bytes);
    await session.detach();
    return;
  }
  throw new Error(`${name} weighs more than ${heaviest} bytes`);
}

/** What a walk needs of the house. */
interface Walk {
  readonly browser: Browser;
  readonly url: string;
  readonly house: ReturnType<typeof houseOf>;
}

const desk = async ({ browser, url }: Walk, user: string, prepare?: (page: Page) => Promise<unknown>): Promise<Page> =>
  signIn(browser, url, user, async (page) => {
    await page.setViewportSize({ width, height });
    await prepare?.(page);
  });

/** Colours of the rooms, by which they are told apart. */
const halls = [210, 130, 30] as const;

async function enter({ house }: Walk, index: number, hall: number): Promise<Point> {
  return house.open(index, async (page) => {
    await page.setViewportSize({ width, height });
    await drawnHall(page, halls[hall] ?? halls[0]);
    await steadyTone(page, 300 + 60 * hall);
  });
}

async function beforeTheMeeting(walk: Walk, secretary: Page): Promise<void> {
  await findBriefing(secretary, async () => picture(secretary, 'thu-ky-lich'));
  await expect(button(secretary, 'Giấy mời của Xã Tân Dụ')).toBeVisible();
  await picture(secretary, 'thu-ky-soan');
  await secretary.goto(`${walk.url}/hop/${meeting}/thu-ky`);
  await button(secretary, 'Mở cuộc họp').click();
  await expect(secretary.getByTestId('roll')).toBeVisible();
}

async function pointsCome(walk: Walk): Promise<{ hall: Point; commune: Point; other: Point }> {
  const hall = await enter(walk, 0, 0);
  await takeSeat(hall);
  const commune = await enter(walk, 5, 1);
  await commune.page.getByRole('combobox', { name: 'Điểm cầu' }).click();
  await commune.page.getByRole('option', { name: commune.name, exact: true }).click();
  await commune.page.getByText('Micro nghe rõ.').waitFor({ timeout: 10_000 }).catch(() => undefined);
  await picture(commune.page, 'phong-vao-hop');
  await commune.button('Vào họp').click();
  await expect(commune.page.getByTestId('own-mic')).toBeVisible();
  const other = await enter(walk, 7, 2);
  await takeSeat(other);
  return { hall, commune, other };
}

async function technicianChecks(technician: Page, commune: Point): Promise<void> {
  const row = technician.getByTestId('point-row').filter({ hasText: commune.name });
  await expect(row).toContainText(/↑ \d+,\d/);
  await picture(technician, 'ky-thuat-ban');
  await row.getByRole('button', { name: commune.name }).click();
  await button(technician, 'Xem trước').click();
  const frames = async () => technician.getByTestId('preview-picture').evaluate((video: HTMLVideoElement) => video.getVideoPlaybackQuality().totalVideoFrames);
  await expect.poll(frames).toBeGreaterThan(10);
  await passAllChecks(technician);
  await picture(technician, 'ky-thuat-phieu');
  await keepSheet(technician);
}

async function rollIsCalled(secretary: Page): Promise<void> {
  await callRoll(secretary);
  await picture(secretary, 'thu-ky-diem-danh');
}

async function theFloor(chair: Page, secretary: Page, commune: Point, other: Point): Promise<void> {
  await button(chair, 'Ghi hình').click();
  await expect(chair.getByTestId('recording')).toBeVisible();
  await button(chair, 'Khai mạc').click();
  await expect(chair.getByText('Đang họp')).toBeVisible();
  for (let item = 1; item <= 4; item++) await begin(secretary, item);
  await picture(commune.page, 'phong-dang-hop');
  for (const point of [commune, other]) {
    await expect(point.page.getByTestId('hand')).toBeEnabled();
    await point.page.keyboard.press('p');
    await expect(point.page.getByTestId('place')).toBeVisible();
  }
  await picture(other.page, 'phong-dang-ky');
  await picture(chair, 'chu-tri-ban');
  await chair.getByTestId('invite-next').click();
  await expect(commune.page.getByTestId('own-mic')).toContainText('ĐANG PHÁT BIỂU');
  await expect(commune.page.getByTestId('room-clock')).toBeVisible();
  await other.expectMoving(commune);
  await picture(commune.page, 'phong-phat-bieu');
  await picture(chair, 'chu-tri-phat-bieu');
  await chair.getByRole('toolbar').getByRole('button', { name: 'Cắt về điểm cầu chính' }).click();
  await expect(commune.page.getByTestId('own-mic')).toContainText('MICRO ĐANG TẮT');
  await writeCourse(secretary);
  await picture(secretary, 'thu-ky-dien-bien');
  await button(commune.page, 'Trợ giúp').click();
  await commune.page.getByRole('dialog').getByText('Không có tiếng').click();
  await picture(commune.page, 'phong-tro-giup');
  await commune.page.keyboard.press('Escape');
}

async function theVote(chair: Page, secretary: Page, commune: Point): Promise<void> {
  await begin(secretary, 5);
  await secretary.getByRole('tab', { name: 'Biểu quyết' }).click();
  await secretary.getByRole('textbox', { name: 'Vấn đề biểu quyết' }).fill('Thông qua dự thảo Quy chế vận hành hội nghị trực tuyến cấp xã');
  await button(secretary, 'Đưa ra chờ mở').click();
  await button(chair, 'Mở biểu quyết').click();
  for (const kind of ['Tán thành', 'Tán thành', 'Không biểu quyết']) await button(commune.page, `${kind} +1`).click();
  await picture(commune.page, 'phong-bieu-quyet');
  await button(commune.page, 'Gửi số đếm').click();
  const rows = secretary.getByTestId('hands-row');
  await expect(rows).toHaveCount(10);
  await rows.first().getByRole('textbox').first().focus();
  for (let point = 0; point < 10; point++) await secretary.keyboard.press('Enter');
  await expect(button(secretary, 'Xác nhận 10 số đếm')).toBeEnabled();
  await picture(secretary, 'thu-ky-bieu-quyet');
  await button(secretary, 'Xác nhận 10 số đếm').click();
  await expect(secretary.getByText('Đã xác nhận 10/10')).toBeVisible();
  await button(chair, 'Đóng biểu quyết').click();
  await button(chair, 'Bấm lần nữa để xác nhận').click();
  await expect(chair.getByText(/Thông qua: .* tán thành/)).toBeVisible();
  await picture(chair, 'chu-tri-bieu-quyet');
}

async function theEnd(chair: Page, secretary: Page, hall: Point): Promise<void> {
  for (let item = 6; item <= 7; item++) await begin(secretary, item);
  await secretary.getByRole('tab', { name: 'Kết luận' }).click();
  await secretary.getByRole('textbox', { name: 'Nội dung' }).fill('Rà soát dự án giải ngân dưới 50 %');
  await secretary.getByRole('textbox', { name: 'Đơn vị chủ trì' }).fill('Sở Tài chính');
  await secretary.getByRole('textbox', { name: 'Đơn vị phối hợp' }).fill('UBND các xã, phường');
  await secretary.getByRole('textbox', { name: 'Thời hạn hoàn thành' }).fill('15/01/2027');
  await secretary.keyboard.press('Enter');
  await expect(secretary.getByTestId('task')).toHaveCount(1);
  await picture(secretary, 'thu-ky-ket-luan');
  await button(secretary, 'Kết thúc').click();
  await button(chair, 'Bàn giao').click();
  await picture(chair, 'chu-tri-ban-giao');
  await chair.keyboard.press('Escape');
  await button(chair, 'Bế mạc').click();
  await button(chair, 'Bấm lần nữa để xác nhận').click();
  await expect(hall.page.getByText('Cuộc họp đã bế mạc').first()).toBeVisible();
  await secretary.getByRole('tab', { name: 'Biên bản' }).click();
  await button(secretary, 'Lập dự thảo').click();
  const version = secretary.getByTestId('minutes-version').first();
  await expect(version).toContainText('Mất điện lưới');
  await picture(secretary, 'thu-ky-bien-ban');
  await button(secretary, 'Trình ký').click();
  await expect(version).toHaveAttribute('data-stage', 'trinh-ky');
  await chair.getByRole('link', { name: 'Biên bản và tài liệu' }).click();
  await signMinutes(chair);
  await picture(chair, 'chu-tri-ky');
}

async function theArchive(walk: Walk): Promise<void> {
  const archivist = await desk(walk, 'luutru');
  await archivist.getByRole('link', { name: 'Kho ghi hình' }).click();
  await archivist.getByLabel('Tìm trong kho').fill('giai ngan');
  const found = archivist.getByRole('link', { name: /giao ban kinh tế/ }).first();
  await expect(found).toBeVisible({ timeout: 40_000 });
  await expect(archivist.getByText('Đã niêm phong').first()).toBeVisible({ timeout: 40_000 });
  await expect(archivist.getByRole('list', { name: 'Nơi tìm thấy' })).toContainText('Giải ngân đầu tư công', { timeout: 40_000 });
  await picture(archivist, 'luu-tru-kho');
  await found.click();
  await expect(archivist.getByTestId('replay-tile').first()).toBeVisible({ timeout: 30_000 });
  await expect(archivist.getByTestId('sign')).toContainText('Nguyên vẹn');
  await archivist.keyboard.press('l');
  await expect(archivist.getByTestId('time')).toContainText(/0:00:1\d \//);
  await archivist.waitForTimeout(2_000);
  await picture(archivist, 'luu-tru-xem');
  await archivist.getByText('Xuất MP4').first().click();
  await archivist.getByText('Ai đã xem').click();
  await archivist.waitForTimeout(500);
  await picture(archivist, 'luu-tru-xuat');
}

test('pictures of the guides', async ({ browser }) => {
  mkdirSync(folder, { recursive: true });
  const archive = await mkdtemp(join(tmpdir(), 'diemcau-guides-'));
  const bridge = await startBridge({ args: ['--demo'], config: `recording: {dir: ${JSON.stringify(archive)}}\n` });
  const watch: Watch = { hosts: new Set(), faults: [] };
  const walk = { browser, url: bridge.url, house: houseOf(bridge, browser, watch) };
  try {
    const secretary = await desk(walk, 'thuky');
    await beforeTheMeeting(walk, secretary);
    const { hall, commune, other } = await pointsCome(walk);
    const technician = await desk(walk, 'kythuat');
    await technician.goto(`${bridge.url}/hop/${meeting}/ky-thuat`);
    await technicianChecks(technician, commune);
    await rollIsCalled(secretary);
    const chair = await desk(walk, 'chutri');
    await chair.goto(`${bridge.url}/hop/${meeting}/chu-tri`);
    await theFloor(chair, secretary, commune, other);
    await theVote(chair, secretary, commune);
    await theEnd(chair, secretary, hall);
    await theArchive(walk);
    expect(watch.faults).toEqual([]);
  } finally {
    await walk.house.close();
    await bridge.stop();
    await rm(archive, { recursive: true, force: true });
  }
});
