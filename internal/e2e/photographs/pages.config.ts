import { defineConfig } from '@playwright/test';
import base from '../playwright.config';

/** The pages of the running application photographed, to be looked at; no part of the tests. */
export default defineConfig({ ...base, projects: [{ name: 'pages', testDir: '.', testMatch: 'pages.spec.ts' }], timeout: 1_200_000 });
