import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';
import { servePolicy } from './scripts/policy.mjs';

export default defineConfig({
  // Relative, so that a build works from any folder of any static host.
  base: './',
  // What is not there is a 404, never the page.
  appType: 'mpa',
  plugins: [react(), servePolicy()],
  worker: { format: 'es' },
  // ONNX Runtime's parts as files of their own, which its threads start from (the default bundles them into one).
  resolve: { conditions: ['onnxruntime-web-use-extern-wasm', ...defaultClientConditions] },
  optimizeDeps: { exclude: ['onnxruntime-web'] },
  // One chunk for the page: it is served from the same machine, or cached after the first visit.
  build: { target: 'es2023', assetsInlineLimit: 0, chunkSizeWarningLimit: 1500 },
});
