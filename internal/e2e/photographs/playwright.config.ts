import { defineConfig } from '@playwright/test';
import base from '../playwright.config';

/** Every state of every screen photographed, to be looked at; no part of the tests. */
export default defineConfig({
  ...base,
  projects: [{ name: 'photographs', testDir: '.', testMatch: 'gallery.spec.ts' }],
  timeout: 1_800_000,
  webServer: {
    command: 'npx vite --port 5199 --strictPort --host 127.0.0.1',
    cwd: '../../../web',
    url: 'http://127.0.0.1:5199/',
    reuseExistingServer: true,
  },
});
