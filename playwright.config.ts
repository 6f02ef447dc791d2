import { availableParallelism } from 'node:os';
import { defineConfig } from '@playwright/test';
import { findChromium, launchArgs, webgpuArgs } from './scripts/chromium.mjs';

/** Another port lets two clones test side by side. */
const port = process.env.SECATEUR_E2E_PORT ?? '4187';
const address = `http://127.0.0.1:${port}`;
const webgpuAddress = 'http://127.0.0.1:4391';

/** What each project's pages come from; the others' is not started, and need not be built. */
const servers = [
  {
    project: 'chromium',
    // The production build, as `npm test` and `npm run build` leave it in dist.
    command: `npx vite preview --host 127.0.0.1 --port ${port} --strictPort`,
    url: address,
    reuseExistingServer: false,
  },
  {
    project: 'webgpu',
    command: 'npx vite --config tests/webgpu/vite.config.ts',
    url: webgpuAddress,
    reuseExistingServer: false,
  },
];

export default defineConfig({
  forbidOnly: Boolean(process.env.CI),
  // What passes only when run again is named at the end of `npm test`, and fails nothing else.
  retries: 1,
  // A browser each. No test watches the clock: how long things take is the benchmark's.
  fullyParallel: true,
  workers: Math.min(4, availableParallelism()),
  // ONNX Runtime is 17 MB of WebAssembly, compiled afresh by every page, and a machine that tests may be busy: what passes waits no longer.
  timeout: 300_000,
  expect: { timeout: 60_000 },
  reporter: 'list',
  use: {
    viewport: { width: 1440, height: 900 },
    // One that keeps files would hide requests from tests, and fetch everything once more for each of them.
    serviceWorkers: 'block',
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
  webServer: servers.filter(({ project }) => isRun(project)).map(({ project: _, ...server }) => server),
});

/** Without `--project` all are. */
function isRun(project: string): boolean {
  return process.argv.includes(`--project=${project}`) || !process.argv.some((arg) => arg.startsWith('--project'));
}
