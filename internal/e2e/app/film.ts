import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { test, type Page } from '@playwright/test';

/** Windows of a meeting by the name of who sits before them. */
export type Windows = ReadonlyMap<string, Page>;

const folder = process.env.FILM;

/**
 * A picture of a window for each step, in the folder of the test's results; with FILM=folder also all windows of each
 * step there, joined to a film that shows every step for two seconds.
 */
export class Film {
  private step = 0;
  private readonly frames: string[] = [];

  async shot(name: string, page: Page, windows: Windows): Promise<void> {
    const number = String(++this.step).padStart(2, '0');
    await page.screenshot({ path: test.info().outputPath(`${number}-${name}.jpg`), type: 'jpeg', quality: 70 });
    if (!folder) return;
    const frame = join(folder, `${number}-${name}`);
    await mkdir(frame, { recursive: true });
    for (const [who, each] of windows) if (!each.isClosed()) await each.screenshot({ path: join(frame, `${who}.png`) });
    this.frames.push(frame);
  }

  /** Three by three windows in each picture, those that are open in the order in which they were opened. */
  async develop(windows: Windows): Promise<void> {
    if (!folder || this.frames.length === 0) return;
    const run = promisify(execFile);
    const list: string[] = [];
    for (const frame of this.frames) {
      const { readdir } = await import('node:fs/promises');
      const have = new Set(await readdir(frame));
      const inputs = [...windows.keys()].filter((who) => have.has(`${who}.png`)).slice(0, 9);
      const cells = inputs.map((_, index) => `[${index}]scale=640:360:force_original_aspect_ratio=decrease,pad=640:360:(ow-iw)/2:(oh-ih)/2[c${index}]`);
      const places = inputs.map((_, index) => `${(index % 3) * 640}_${Math.floor(index / 3) * 360}`).join('|');
      const joined = inputs.length === 1 ? '[c0]pad=1920:1080' : `${inputs.map((_, index) => `[c${index}]`).join('')}xstack=inputs=${inputs.length}:layout=${places}:fill=white,pad=1920:1080`;
      await run('ffmpeg', ['-y', '-loglevel', 'error', ...inputs.flatMap((who) => ['-i', join(frame, `${who}.png`)]), '-filter_complex', `${cells.join(';')};${joined}`, `${frame}.jpg`]);
      list.push(`file '${frame}.jpg'`, 'duration 2');
    }
    const script = join(folder, 'frames.txt');
    await writeFile(script, list.join('\n'));
    await run('ffmpeg', ['-y', '-loglevel', 'error', '-f', 'concat', '-safe', '0', '-i', script, '-r', '5', '-pix_fmt', 'yuv420p', '-c:v', 'libx264', '-preset', 'ultrafast', join(folder, 'meeting.mp4')]);
  }
}
