import { expect, steadyTone, test } from './fixture';

test('CON-10 two points join by clicking only, see each other move and hear each other', async ({ house, watch }) => {
  const hall = await house.join(0);
  await expect(hall.page.getByText('Chưa có điểm cầu nào khác')).toBeVisible();
  const commune = await house.join(5);

  await expect(hall.tiles).toHaveCount(2);
  await expect(commune.tiles).toHaveCount(2);
  await expect(hall.tile(commune)).toContainText(commune.name);
  await expect(commune.tile(hall)).toContainText(hall.name);
  await Promise.all([hall.expectMoving(commune), commune.expectMoving(hall)]);
  await expect.poll(() => hall.heard(), { timeout: 15_000 }).toBeGreaterThan(0.01);
  await expect.poll(() => commune.heard(), { timeout: 15_000 }).toBeGreaterThan(0.01);
  await expect(hall.page).toHaveURL(/\/hop\//);

  // SEC-08: the pages ask nobody but the bridge.
  expect([...watch.hosts]).toEqual([new URL(house.bridge.url).host]);
});

test('a muted microphone is shown at the other point, and is silent there', async ({ house }) => {
  const hall = await house.join(0, (page) => steadyTone(page));
  const commune = await house.join(5);
  await expect(commune.tile(hall).getByTestId('mic-off')).toHaveCount(0);
  await expect.poll(() => commune.heard(500), { timeout: 15_000 }).toBeGreaterThan(0.05);

  await hall.button('Tắt micro').click();
  await expect(hall.page.getByTestId('own-mic')).toHaveText('MICRO ĐANG TẮT');
  await expect(commune.tile(hall).getByTestId('mic-off')).toBeVisible();
  await expect.poll(() => commune.heard(500), { timeout: 20_000 }).toBeLessThan(0.001);

  await hall.button('Bật micro').click();
  await expect(hall.page.getByTestId('own-mic')).toHaveText('MICRO ĐANG BẬT');
  await expect(commune.tile(hall).getByTestId('mic-off')).toHaveCount(0);
  await expect.poll(() => commune.heard(500), { timeout: 20_000 }).toBeGreaterThan(0.05);
});

test('a camera that is off leaves a tile with the name, and comes back', async ({ house }) => {
  const hall = await house.join(0);
  const commune = await house.join(5);
  await commune.expectMoving(hall);
  await hall.button('Tắt camera').click();
  await expect(commune.tile(hall).locator('video')).toHaveCount(0);
  await expect(commune.tile(hall)).toContainText('Camera đang tắt');
  await hall.button('Bật camera').click();
  await commune.expectMoving(hall);
});

test('the point that speaks has a frame and is shown large', async ({ house }) => {
  const hall = await house.join(0);
  await hall.button('Tắt micro').click();
  const department = await house.join(1);
  await department.button('Tắt micro').click();
  const commune = await house.join(5, (page) => steadyTone(page));
  await expect(hall.tile(commune)).toHaveAttribute('data-speaking', 'true', { timeout: 15_000 });
  await expect(hall.tile(department)).toHaveAttribute('data-speaking', 'false');
  await hall.page.keyboard.press('l');
  await expect(hall.tile(commune)).toHaveAttribute('data-role', 'main');
  await commune.button('Tắt micro').click();
  await expect(hall.tile(commune)).toHaveAttribute('data-speaking', 'false');
  // Silence does not take the picture away.
  await expect(hall.tile(commune)).toHaveAttribute('data-role', 'main');
});

test('CON-11 content is shown large with the speaker beside it, and goes when sharing stops', async ({ house }) => {
  const hall = await house.join(0);
  const commune = await house.join(5);
  await hall.button('Chiếu tài liệu').click();
  const stage = commune.page.getByRole('main');
  await expect(stage).toHaveAttribute('data-layout', 'content');
  await commune.expectMoving(hall, 'content');
  await expect(commune.tile(hall)).toHaveAttribute('data-role', 'main');
  const content = await commune.page.getByTestId('content').boundingBox();
  const speaker = await commune.tile(hall).boundingBox();
  expect((content?.width ?? 0) * (content?.height ?? 0)).toBeGreaterThan(4 * (speaker?.width ?? 0) * (speaker?.height ?? 0));
  await expect(hall.page.getByText('Điểm cầu này đang chiếu tài liệu').or(hall.page.getByTestId('content').locator('video'))).toBeVisible();

  await hall.button('Dừng trình chiếu').click();
  await expect(stage).toHaveAttribute('data-layout', 'grid');
  await expect(commune.page.getByTestId('content')).toHaveCount(0);
});

test('CON-10 a point that leaves takes its tile with it, and the others fill the stage', async ({ house }) => {
  const hall = await house.join(0);
  const department = await house.join(1);
  const commune = await house.join(5);
  await expect(hall.tiles).toHaveCount(3);
  await commune.leave();
  await expect(hall.tiles).toHaveCount(2);
  await expect(hall.tile(commune)).toHaveCount(0);
  await expect(hall.page.getByTestId('announcer')).toContainText(`${commune.name} đã rời cuộc họp`);
  const [left, right] = await Promise.all([hall.tile(department).boundingBox(), hall.tile(hall).boundingBox()]);
  expect(left?.width).toBeCloseTo(right?.width ?? 0, 0);
  expect((left?.width ?? 0) + (right?.width ?? 0)).toBeGreaterThan(1_250);

  await commune.button('Vào họp lại').click();
  await commune.join();
  await expect(hall.tiles).toHaveCount(3);
});

test('a point that joins on another device does not fight for its place', async ({ house }) => {
  const first = await house.join(5);
  const second = await house.join(5);
  await expect(first.page.getByRole('heading', { name: 'Điểm cầu này đã vào họp ở thiết bị khác' })).toBeVisible();
  await expect(second.tile(second)).toBeVisible();
  await first.page.waitForTimeout(3_000); // long enough for a fight to be seen
  await expect(second.banner).toHaveCount(0);
  await expect(first.page.getByRole('heading', { name: 'Điểm cầu này đã vào họp ở thiết bị khác' })).toBeVisible();
});

test('a reload brings the point back to its seat', async ({ house }) => {
  const hall = await house.join(0);
  const commune = await house.join(5);
  await commune.page.reload();
  await expect(commune.tile(hall)).toBeVisible({ timeout: 15_000 });
  await commune.expectMoving(hall);
  await expect(hall.tiles).toHaveCount(2);
});
