import { mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, type Browser, type Page } from '@playwright/test';
import { houseOf, test, type Watch } from '../app/fixture';
import { meeting, newPage, signIn, takeSeat } from '../app/office';
import { begin } from '../app/steps';
import { startBridge, type Bridge } from '../bridge';
import { drawnHall } from './hall';

/**
 * `npm run pages` holds a short meeting in the running application and draws every page of it, before, during and after,
 * into PHOTOGRAPHS in the sizes of desks, halls and tablets and in both languages; it looks for barriers on each and for
 * pages wider than their window. ONLY=chair takes the pages whose names begin so. DIEMCAU_URL takes a bridge that runs.
 */
const folder = process.env.PHOTOGRAPHS ?? join(tmpdir(), 'diemcau-pages');
const only = process.env.ONLY ?? '';
const sizes = {
  desk: { width: 1366, height: 768 },
  hall: { width: 1920, height: 1080 },
  tablet: { width: 1180, height: 820 },
  upright: { width: 820, height: 1180 },
  zoomed: { width: 320, height: 640 },
} as const;
const chosen = (process.env.SIZES ?? Object.keys(sizes).join(',')).split(',');
const languages = (process.env.LANGUAGES ?? 'vi,en').split(',');
const faults: string[] = [];

/** One page in all sizes and languages; it is not loaded anew, so that rooms stay in their meeting. */
async function shoot(page: Page, name: string): Promise<void> {
  if (!name.startsWith(only)) return;
  await page.waitForTimeout(400);
  for (const language of languages) {
    const choice = page.locator(`button[lang="${language}"]`).first();
    if ((await choice.count()) > 0) await choice.evaluate((button: HTMLButtonElement) => button.click());
    for (const [size, viewport] of Object.entries(sizes)) {
      if (!chosen.includes(size)) continue;
      await page.setViewportSize(viewport);
      await page.waitForTimeout(250);
      await page.screenshot({ path: join(folder, `${name}-${language}-${size}.png`), animations: 'disabled', fullPage: size === 'zoomed' });
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (wider > 0) faults.push(`${name} ${size} ${language}: ${wider} px wider than the window`);
      if (language !== languages[0] || !['desk', 'zoomed'].includes(size)) continue;
      const { violations } = await new AxeBuilder({ page }).analyze();
      for (const { id, impact, nodes } of violations) {
        if (impact === 'serious' || impact === 'critical') faults.push(`${name} ${size}: ${id} ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
      }
    }
  }
  await page.locator('button[lang="vi"]').first().evaluate((button: HTMLButtonElement) => button.click()).catch(() => undefined);
  await page.setViewportSize(sizes.desk);
}

/** Pages that are there without a meeting. */
async function doors(browser: Browser, url: string): Promise<void> {
  const page = await newPage(browser);
  for (const [name, path] of [['door-signin', '/dang-nhap'], ['door-join', '/'], ['door-invitation', '/invitation#nobody'], ['door-guest', '/khach#nobody'], ['door-guest-none', '/khach'], ['door-authority', '/chung-thu'], ['door-unknown', '/khong-co'], ['door-home', '/trang-chu'], ['door-chair', `/hop/${meeting}/chu-tri`], ['door-room', `/hop/${meeting}`]] as const) {
    await page.goto(`${url}${path}`, { waitUntil: 'networkidle' });
    await shoot(page, name);
  }
  await page.context().close();
}

/** What goes wrong at a room's machine before it is in. */
async function troubles(browser: Browser, url: string): Promise<void> {
  for (const [name, fault] of [['trouble-denied', 'NotAllowedError'], ['trouble-none', 'NotFoundError'], ['trouble-busy', 'NotReadableError']] as const) {
    const page = await newPage(browser);
    await page.addInitScript((word) => {
      if (!navigator.mediaDevices) return; // about:blank has none
      navigator.mediaDevices.getUserMedia = async () => Promise.reject(new DOMException('refused', word));
    }, fault);
    await page.goto(url, { waitUntil: 'networkidle' });
    await shoot(page, name);
    await page.context().close();
  }
}

async function desks(browser: Browser, url: string): Promise<void> {
  for (const [user, paths] of [
    ['thuky', [['home', '/trang-chu'], ['calendar', '/lich'], ['editor', `/lich/${meeting}`], ['editor-none', '/lich/khong-co'], ['minutes', `/lich/${meeting}/bien-ban`], ['account', '/tai-khoan'], ['archive-secretary', '/kho']]],
    ['quantri', [['status', '/tinh-trang'], ['audit', '/nhat-ky'], ['accounts', '/tai-khoan-cau'], ['machines', '/may-diem-cau'], ['home-admin', '/trang-chu']]],
    ['luutru', [['archive', '/kho'], ['archive-none', '/kho/khong-co'], ['keeping', '/luu-tru'], ['disposals', '/luu-tru/huy'], ['retention', '/luu-tru/thoi-han']]],
    ['daibieu', [['home-delegate', '/trang-chu'], ['forbidden', '/nhat-ky']]],
  ] as const) {
    const page = await signIn(browser, url, user);
    for (const [name, path] of paths) {
      if (!name.startsWith(only)) continue;
      await page.goto(`${url}${path}`, { waitUntil: 'networkidle' });
      await shoot(page, name);
    }
    if (user === 'luutru') {
      await page.goto(`${url}/kho`, { waitUntil: 'networkidle' });
      const way = await page.locator('main a[href^="/kho/"]').first().getAttribute('href').catch(() => null);
      for (const [name, end] of [['player', ''], ['dossier', '/ho-so']] as const) {
        if (way === null || !name.startsWith(only)) continue;
        await page.goto(`${url}${way.split('?')[0] ?? ''}${end}`, { waitUntil: 'networkidle' });
        await page.waitForTimeout(3_000);
        await shoot(page, name);
      }
    }
    await page.context().close();
  }
}

async function briefing(browser: Browser, bridge: Bridge, watch: Watch): Promise<void> {
  const { url } = bridge;
  const house = houseOf(bridge, browser, watch);
  const secretary = await signIn(browser, url, 'thuky');
  await secretary.goto(`${url}/hop/${meeting}/thu-ky`, { waitUntil: 'networkidle' });
  await shoot(secretary, 'secretary-before');
  await secretary.getByRole('button', { name: 'Mở cuộc họp' }).or(secretary.getByTestId('roll')).first().click();
  await expect(secretary.getByTestId('roll')).toBeVisible();
  const rooms = [];
  for (const [index, hue] of [[0, 210], [5, 130]] as const) {
    const room = await house.open(index, async (page) => drawnHall(page, hue));
    if (index === 0) await shoot(room.page, 'join');
    await takeSeat(room);
    rooms.push(room);
  }
  const [hall, commune] = rooms;
  if (!hall || !commune) throw new Error('no rooms');
  const chair = await signIn(browser, url, 'chutri');
  await chair.goto(`${url}/hop/${meeting}/chu-tri`, { waitUntil: 'networkidle' });
  await chair.getByRole('button', { name: 'Ghi hình', exact: true }).click();
  await chair.getByRole('button', { name: 'Khai mạc', exact: true }).click();
  await expect(chair.getByText('Đang họp')).toBeVisible();
  for (let item = 1; item <= 4; item++) await begin(secretary, item);
  await shoot(commune.page, 'room-muted');
  await expect(commune.page.getByTestId('hand')).toBeEnabled();
  await commune.page.keyboard.press('p');
  await expect(commune.page.getByTestId('place')).toBeVisible();
  await shoot(chair, 'chair-queue');
  await chair.getByTestId('invite-next').click();
  await expect(commune.page.getByTestId('own-mic')).toContainText('ĐANG PHÁT BIỂU');
  await shoot(commune.page, 'room-speaking');
  await shoot(hall.page, 'room-hall');
  await shoot(chair, 'chair-speech');
  const technician = await signIn(browser, url, 'kythuat');
  await technician.goto(`${url}/hop/${meeting}/ky-thuat`, { waitUntil: 'networkidle' });
  await shoot(technician, 'technician');
  await technician.getByTestId('point-row').filter({ hasText: commune.name }).getByRole('button', { name: commune.name }).click();
  await shoot(technician, 'technician-point');
  await technician.getByPlaceholder('Dòng trên: họ tên').fill('Hoàng Văn Giả Định');
  await technician.getByPlaceholder('Dòng dưới: chức vụ, đơn vị').fill('Chủ tịch Ủy ban nhân dân xã Tân Dụ');
  await technician.getByRole('button', { name: 'Hiện dòng chữ' }).click();
  await expect(hall.page.getByTestId('lower-third')).toBeVisible();
  await shoot(hall.page, 'room-lower-third');
  await technician.getByRole('textbox', { name: 'Sự cố và cách xử lý' }).fill('Mất tiếng, đã thay dây micro');
  await technician.getByRole('button', { name: 'Ghi sự cố' }).click();
  await shoot(technician, 'technician-incident');
  await technician.getByRole('button', { name: 'Bàn giao', exact: true }).click();
  await shoot(technician, 'technician-hand-over');
  await technician.keyboard.press('Escape');
  await technician.getByRole('button', { name: 'Ngắt kết nối', exact: true }).click();
  await shoot(technician, 'technician-expel');
  await technician.getByRole('button', { name: 'Bấm lần nữa để xác nhận' }).click();
  await expect(commune.page.getByRole('heading').first()).toBeVisible();
  await shoot(commune.page, 'room-expelled');
  for (const tab of ['Điểm danh', 'Diễn biến', 'Phát biểu', 'Biểu quyết', 'Kết luận', 'Phòng chờ', 'Biên bản']) {
    await secretary.getByRole('tab', { name: tab }).click();
    await shoot(secretary, `secretary-${['Điểm danh', 'Diễn biến', 'Phát biểu', 'Biểu quyết', 'Kết luận', 'Phòng chờ', 'Biên bản'].indexOf(tab)}`);
  }
  await chair.getByRole('button', { name: 'Bế mạc', exact: true }).click();
  await chair.getByRole('button', { name: 'Bấm lần nữa để xác nhận' }).click();
  await expect(hall.page.getByText('Cuộc họp đã bế mạc').first()).toBeVisible();
  await shoot(commune.page, 'room-over');
  await house.close();
  await secretary.waitForTimeout(5_000);
  for (const page of [secretary, chair, technician]) await page.context().close();
}

test('pages of the application', async ({ browser }) => {
  mkdirSync(folder, { recursive: true });
  const archive = await mkdtemp(join(tmpdir(), 'diemcau-pages-'));
  const bridge = await startBridge(process.env.DIEMCAU_URL === undefined ? { args: ['--demo'], config: `recording: {dir: ${JSON.stringify(archive)}}\n` } : {});
  const watch: Watch = { hosts: new Set(), faults: [] };
  const parts = (process.env.PARTS ?? 'doors,troubles,briefing,desks').split(',');
  try {
    if (parts.includes('doors')) await doors(browser, bridge.url);
    if (parts.includes('troubles')) await troubles(browser, bridge.url);
    if (parts.includes('briefing')) await briefing(browser, bridge, watch);
    if (parts.includes('desks')) await desks(browser, bridge.url);
    expect([...faults, ...watch.faults]).toEqual([]);
  } finally {
    await bridge.stop();
    await rm(archive, { recursive: true, force: true });
  }
});
