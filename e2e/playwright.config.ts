import { defineConfig } from '@playwright/test';

/** The browser against the real platform that `npm test` has started; Debian's Chromium, no downloads, no retries. */
export default defineConfig({
  testDir: '.',
  testMatch: '**/*.e2e.ts',
  workers: 1,
  fullyParallel: false,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  forbidOnly: true,
  reporter: [['list'], ['json']],
  outputDir: '../.run/test-results',
  use: {
    ...(process.env['BASALT_URL'] ? { baseURL: process.env['BASALT_URL'] } : {}),
    actionTimeout: 15_000,
    locale: 'zh-CN',
    contextOptions: { reducedMotion: 'reduce' },
    viewport: { width: 1440, height: 900 },
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
