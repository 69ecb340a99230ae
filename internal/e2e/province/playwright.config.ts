import base, { chromium } from '../playwright.config';

// Run by deploy/bundle/province.sh alone, in a network namespace.
// Its waits end by what happens; how long a busy machine takes is no fault.
export default { ...base, workers: 1, expect: { timeout: 90_000 }, use: { ...base.use, ...chromium(10), actionTimeout: 60_000 }, projects: [{ name: 'province', testDir: '.' }] };
