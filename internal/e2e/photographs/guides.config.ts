import { defineConfig } from '@playwright/test';
import base from '../playwright.config';

/** The pictures of docs/guides, taken of the running application; no part of the tests. */
export default defineConfig({ ...base, projects: [{ name: 'guides', testDir: '.', testMatch: 'guides.spec.ts' }], timeout: 300_000 });
