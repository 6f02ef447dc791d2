import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/interop/**/*.test.ts'],
    environment: 'node',
    globalSetup: ['tests/support/buildKernels.ts'],
    // One Python process checks all exports: importing torch alone can take half a minute on a cold machine.
    hookTimeout: 600_000,
    testTimeout: 600_000,
  },
});
