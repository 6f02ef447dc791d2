import { defineConfig } from '@playwright/test';
import { findChromium, launchArgs, webgpuArgs } from './scripts/chromium.mjs';

const address = 'http://127.0.0.1:4187';
const webgpuAddress = 'http://127.0.0.1:4391';

export default defineConfig({
  forbidOnly: Boolean(process.env.CI),
  retries: 0,
  // One at a time: some tests watch how long the page's main thread is busy.
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: 'list',
  use: {
    viewport: { width: 1440, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
    screenshot: 'only-on-failure',
    launchOptions: { executablePath: findChromium(), args: launchArgs },
  },
  projects: [
    { name: 'chromium', testDir: 'tests/e2e', use: { browserName: 'chromium', baseURL: address } },
    {
      name: 'webgpu',
      testDir: 'tests/webgpu',
      use: {
        browserName: 'chromium',
        baseURL: webgpuAddress,
        launchOptions: { executablePath: findChromium(), args: webgpuArgs },
      },
    },
  ],
  webServer: [
    {
      // The production build, as `npm test` and `npm run build` leave it in dist.
      command: 'npx vite preview --host 127.0.0.1 --port 4187 --strictPort',
      url: address,
      reuseExistingServer: false,
    },
    {
      command: 'npx vite --config tests/webgpu/vite.config.ts',
      url: webgpuAddress,
      reuseExistingServer: false,
    },
  ],
});
