import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['tests/unit/**/*.test.ts'], environment: 'node', globalSetup: ['tests/support/buildKernels.ts'] },
});
