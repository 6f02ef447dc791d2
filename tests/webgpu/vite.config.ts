import { defineConfig } from 'vite';

/** Serves the test page, from the root of the repository. What it pre-bundles is kept apart from the studio's. */
export default defineConfig({
  cacheDir: 'node_modules/.vite-webgpu',
  optimizeDeps: { entries: ['tests/webgpu/index.html'] },
  // A file saved meanwhile must not reload the page under a test.
  server: { host: '127.0.0.1', port: 4391, strictPort: true, hmr: false, watch: null },
});
