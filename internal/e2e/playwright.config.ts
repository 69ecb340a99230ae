import { defineConfig, type LaunchOptions } from '@playwright/test';

// What judges pictures a second, bit rates and seconds: `make e2e-judging` runs it with
// the machine for itself.
const judging = /(briefing|layers|recording|red|technician|uplink)\.spec\.ts/;

// The headless shell is the same engine for two thirds of the whole browser's time, but it
// forgets what people let a page use when that is loaded anew.
const shell = process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell';
const whole = process.env.CHROMIUM ?? '/usr/bin/chromium';

// A browser whose camera gives so many pictures a second. Coding them is most of what a
// page costs here; ten are a picture that moves as well as twenty.
export const chromium = (pictures: number, executablePath = shell): { launchOptions: LaunchOptions } => ({
  launchOptions: {
    executablePath,
    args: [
      '--use-fake-ui-for-media-stream',
      `--use-fake-device-for-media-stream=fps=${pictures}`,
      '--auto-accept-this-tab-capture',
      '--autoplay-policy=no-user-gesture-required',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-background-timer-throttling',
      '--disable-renderer-backgrounding',
      '--disable-backgrounding-occluded-windows',
      // Host candidates with addresses instead of mDNS names: there is no
      // resolver for .local on a test machine.
      '--disable-features=WebRtcHideLocalIpsWithMdns',
    ],
  },
});

// Two files at a time on two cores: a test waits more than it works.
export default defineConfig({
  workers: 2,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  forbidOnly: true,
  reporter: [['list']],
  use: {
    actionTimeout: 30_000, // else a click that cannot happen takes the whole test's time and names nothing
    browserName: 'chromium',
    ...chromium(20),
  },
  projects: [
    { name: 'compat', testDir: 'compat', testIgnore: judging, use: chromium(10) },
    { name: 'app', testDir: 'app', testIgnore: judging, grepInvert: /@whole/, use: chromium(10) },
    { name: 'whole', testDir: 'app', testIgnore: judging, grep: /@whole/, use: chromium(10, whole) },
    { name: 'judging', testMatch: judging, workers: 1 },
  ],
});
