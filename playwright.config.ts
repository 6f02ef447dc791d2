import { defineConfig } from '@playwright/test';
import { findChromium, launchArgs } from './scripts/chromium.mjs';

const address = 'http://127.0.0.1:4187';

export default defineConfig({
  testDir: 'tests/e2e',
  forbidOnly: Boolean(process.env.CI),
  retries: 0,
  // One at a time: some tests watch how long the page's main thread is busy.
  workers: 1,
  timeout: 60_000,
  reporter: 'list',
  use: {
    baseURL: address,
    viewport: { width: 1440, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
    screenshot: 'only-on-failure',
    launchOptions: { executablePath: findChromium(), args: launchArgs },
  },
  projects: [{ name: 'chromium', use: { browserName: 'chromium' } }],
  webServer: {
    // The production build, as `npm test` and `npm run build` leave it in dist.
    command: 'npx vite preview --host 127.0.0.1 --port 4187 --strictPort',
    url: address,
    reuseExistingServer: false,
  },
});
