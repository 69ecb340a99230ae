import type { Page } from '@playwright/test';
import { expect, testAlone } from './fixture';
import { expectAccessible, meeting, password, signIn, takeSeat } from './office';

const test = testAlone();

/** The person at a room's machine signs in there, so that papers know who reads them. */
async function operate(page: Page, user: string): Promise<void> {
  const status = await page.evaluate(
    async (body) => (await fetch('/api/session', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })).status,
    { user, password },
  );
  expect(status).toBeLessThan(300);
}

/** Lays a real PDF before the meeting: the bridge's own invitation. */
async function layPaper(page: Page): Promise<void> {
  const status = await page.evaluate(async (id) => {
    const made = await fetch(`/api/meetings/${id}/documents/invitation.pdf`);
    const query = new URLSearchParams({ name: 'Giấy mời.pdf', scope: 'tat-ca', reason: 'thử' });
    return (await fetch(`/api/meetings/${id}/papers?${query.toString()}`, { method: 'POST', body: await made.blob() })).status;
  }, meeting);
  expect(status).toBeLessThan(300);
}

test('SCH-04 messages are kept and withdrawn, a paper is followed with its pointer, and its recall closes it everywhere', async ({ house, browser }) => {
  test.setTimeout(120_000);
  const { url } = house.bridge;
  const secretary = await signIn(browser, url, 'thuky');
  await layPaper(secretary);
  await secretary.goto(`${url}/hop/${meeting}/thu-ky`);
  await secretary.getByRole('button', { name: 'Mở cuộc họp' }).or(secretary.getByTestId('roll')).first().click();
  await expect(secretary.getByTestId('roll')).toBeVisible();
  const hall = await house.open(0);
  await operate(hall.page, 'chutri');
  await takeSeat(hall);
  const commune = await house.open(5);
  await operate(commune.page, 'kythuat');
  await takeSeat(commune);
  await expect(commune.page.getByTestId('hand')).toBeEnabled();

  await commune.page.keyboard.press('t');
  const field = commune.page.getByRole('textbox', { name: 'Viết cho tất cả các điểm cầu' });
  await field.fill('<img src=x onerror="document.title=\'x\'"> xin gửi lại phụ lục');
  await field.press('Enter');
  const mine = commune.page.getByTestId('message');
  await expect(mine).toContainText('<img src=x');
  await expectAccessible(commune.page);
  await secretary.getByTestId('board-chat').click();
  await expect(secretary.getByTestId('message')).toContainText('xin gửi lại phụ lục');
  await secretary.getByTestId('message').getByRole('button', { name: 'Thu hồi' }).click();
  await expect(mine).toContainText('Tin nhắn đã được thu hồi');
  await field.press('Escape');

  await hall.page.keyboard.press('r');
  await hall.page.getByTestId('papers').getByRole('button', { name: 'Giấy mời.pdf' }).click();
  await hall.page.getByRole('button', { name: 'Chiếu cho tất cả' }).click();
  const shown = commune.page.getByTestId('paper').getByTestId('paper-page');
  await expect(shown).toHaveAttribute('data-page', '1');
  const layer = hall.page.getByTestId('paper').getByTestId('pointer-layer');
  await layer.hover({ position: { x: 40, y: 60 } });
  await expect(commune.page.getByTestId('pointer')).toBeVisible();
  await expectAccessible(hall.page);

  const recalled = Date.now();
  await secretary.evaluate(async (id) => fetch(`/api/meetings/${id}/papers/recall`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' }), meeting);
  await expect(shown).toBeHidden({ timeout: 5_000 });
  console.log(`      closed ${Date.now() - recalled} ms after the recall`);
  await secretary.context().close();
});
