import { defineConfig } from 'vitest/config';

/** Rooms whose modules keep nothing between calls: their tests share a thread, which loads each module once. */
const pure = '{formats,graph,kernels,lib,pruning,reports,scripts,tensors}';

export default defineConfig({
  test: {
    environment: 'node',
    globalSetup: ['tests/support/buildKernels.ts'],
    setupFiles: ['tests/support/fastCheck.ts'],
    // Some run a model; a busy machine takes its time over that.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'pure',
          include: [`tests/unit/${pure}/**/*.test.ts`],
          pool: 'threads',
          isolate: false,
          unstubGlobals: true,
        },
      },
      {
        extends: true,
        test: { name: 'apart', include: ['tests/unit/**/*.test.ts'], exclude: [`tests/unit/${pure}/**`] },
      },
    ],
  },
});
