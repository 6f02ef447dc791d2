import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';

/** With them the page is cross-origin isolated, which ONNX Runtime's threads need; without them it runs on one thread. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig({
  // Relative, so that a build works from any folder of any static host.
  base: './',
  plugins: [react()],
  worker: { format: 'es' },
  // ONNX Runtime's parts as files of their own, which its threads start from (the default bundles them into one).
  resolve: { conditions: ['onnxruntime-web-use-extern-wasm', ...defaultClientConditions] },
  optimizeDeps: { exclude: ['onnxruntime-web'] },
  server: { headers: isolation },
  preview: { headers: isolation },
  // One chunk for the page: it is served from the same machine, or cached after the first visit.
  build: { target: 'es2023', assetsInlineLimit: 0, chunkSizeWarningLimit: 1500 },
});
