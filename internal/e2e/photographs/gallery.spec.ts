import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';

/**
 * `npm run photographs` draws the gallery of web/src/pages/gallery in the sizes of desks, halls, projectors and tablets
 * and in both languages into PHOTOGRAPHS (a folder of its own below /tmp unless it is set), looks for barriers on each,
 * and for pages wider than their window. ONLY=chair takes the states whose names begin so.
 */
const folder = process.env.PHOTOGRAPHS ?? join(tmpdir(), 'diemcau-photographs');
const only = process.env.ONLY ?? '';

const sizes = {
  desk: { width: 1366, height: 768 },
  hall: { width: 1920, height: 1080 },
  projector: { width: 1280, height: 720 },
  tablet: { width: 1180, height: 820 },
  upright: { width: 820, height: 1180 },
  // 1366 pixels at 400 per cent.
  zoomed: { width: 342, height: 192 },
} as const;

const chosen = (process.env.SIZES ?? Object.keys(sizes).join(',')).split(',');

test('photographs of the gallery', async ({ browser }) => {
  mkdirSync(folder, { recursive: true });
  const faults: string[] = [];
  for (const language of (process.env.LANGUAGES ?? 'vi,en').split(',')) {
    const context = await browser.newContext({ reducedMotion: 'reduce' });
    await context.addInitScript((word) => localStorage.setItem('diemcau.language', word), language);
    const page = await context.newPage();
    await page.goto('http://127.0.0.1:5199/mau-man-hinh/');
    await page.locator('a[href^="/mau-man-hinh/"]').first().waitFor();
    const states = await page.locator('a[href^="/mau-man-hinh/"]').evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
    expect(states.length).toBeGreaterThan(20);
    for (const path of states) {
      const name = path.split('/').at(-1) ?? '';
      if (!name.startsWith(only)) continue;
      for (const [size, viewport] of Object.entries(sizes)) {
        if (!chosen.includes(size)) continue;
        await page.setViewportSize(viewport);
        await page.goto(`http://127.0.0.1:5199${path}`, { waitUntil: 'load' });
        await page.getByTestId('state').locator('h1').first().waitFor({ state: 'attached' });
        await page.evaluate(async () => document.fonts.ready);
        await page.screenshot({ path: join(folder, `${name}-${size}-${language}.png`), animations: 'disabled', fullPage: size === 'zoomed' });
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        if (wider > 0) faults.push(`${name} ${size} ${language}: ${wider} px wider than the window`);
        // Contrast and names are the same in all sizes; what is covered or cut shows in the smallest.
        if (!['desk', 'zoomed'].includes(size)) continue;
        const { violations } = await new AxeBuilder({ page }).analyze();
        for (const { id, impact, nodes } of violations) {
          if (impact === 'serious' || impact === 'critical') faults.push(`${name} ${size} ${language}: ${id} ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
        }
      }
    }
    await context.close();
  }
  expect(faults).toEqual([]);
});
