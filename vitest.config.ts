import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/unit/**/*.test.ts'],
    environment: 'node',
    globalSetup: ['tests/support/buildKernels.ts'],
    setupFiles: ['tests/support/fastCheck.ts'],
    // Some run a model; a busy machine takes its time over that.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
