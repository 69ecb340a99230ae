import { expect, testAlone } from './fixture';
import { meeting, signIn } from './office';

const test = testAlone();

test('CON-07 forty points are called with one key each', async ({ demoBridge, browser }) => {
  const { url } = demoBridge;
  const names = Array.from({ length: 30 }, (_, index) => ({ id: `LG-M${index + 1}`, name: `Xã Mẫu ${index + 1}`, kind: 'xa' }));
  const administrator = await signIn(browser, url, 'quantri');
  const made = await administrator.evaluate(async (points) => {
    const from = new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10);
    const faults: string[] = [];
    for (const point of points) {
      const answer = await fetch('/api/points', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ ...point, from }) });
      if (!answer.ok) faults.push(await answer.text());
    }
    return faults;
  }, names);
  expect(made).toEqual([]);
  const secretary = await signIn(browser, url, 'thuky');
  const points = await secretary.evaluate(
    async ([id, added]) => {
      const view = (await (await fetch(`/api/meetings/${id}`)).json()) as { revision: number; plan: { points: object[] } };
      const plan = { ...view.plan, points: [...view.plan.points, ...added.map((point) => ({ ...point, expected: 5 }))].slice(0, 40) };
      const headers = { 'Content-Type': 'application/json', 'If-Match': `"${view.revision}"` };
      const saved = await fetch(`/api/meetings/${id}`, { method: 'PUT', headers, body: JSON.stringify({ plan, why: 'khac', text: 'Mời thêm các xã' }) });
      return saved.ok ? plan.points.length : saved.text();
    },
    [meeting, names] as const,
  );
  if (typeof points === 'string') throw new Error(points);
  await secretary.goto(`${url}/hop/${meeting}/thu-ky`);
  await secretary.getByRole('button', { name: 'Mở cuộc họp' }).click();
  const roll = secretary.getByTestId('roll');
  await roll.focus();
  const begun = Date.now();
  for (let point = 0; point < points; point++) await secretary.keyboard.press('Space');
  await expect(roll.locator('tr[data-status="co-mat"]')).toHaveCount(points);
  await expect(secretary.getByText(`Có mặt ${points}/${points} điểm cầu`)).toBeVisible();
  console.log(`      ${points} keys for ${points} points, all noted after ${Date.now() - begun} ms`);
  expect(points).toBe(40);
  for (const page of [administrator, secretary]) await page.context().close();
});
