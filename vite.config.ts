import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig, type Plugin } from 'vite';
import { licencesOfWorkers } from './scripts/licences.mjs';
import { headers, servePolicy } from './scripts/policy.mjs';
import { serviceWorker } from './scripts/serviceWorker.mjs';

/**
 * What the page needs before it can be drawn is one file: shared by the rest, it would be cut into dozens, which compress worse.
 */
function inOneFile(): Plugin {
  const first = new Set<string>();
  return {
    name: 'in-one-file',
    buildEnd() {
      const left = [...this.getModuleIds()].filter((id) => this.getModuleInfo(id)?.isEntry);
      for (let id = left.pop(); id !== undefined; id = left.pop()) {
        if (first.has(id)) continue;
        first.add(id);
        left.push(...(this.getModuleInfo(id)?.importedIds ?? []));
      }
    },
    outputOptions: (options) => ({
      ...options,
      codeSplitting: { groups: [{ name: 'first', test: (id: string) => id.includes('/src/') && first.has(id) }] },
    }),
  };
}

/** Of everything that is shipped. */
const licences = 'licences.md';

export default defineConfig({
  // Relative, so that a build works from any folder of any static host.
  base: './',
  // What is not there is a 404, never the page.
  appType: 'mpa',
  plugins: [react(), servePolicy(), inOneFile(), licencesOfWorkers(licences), serviceWorker(headers)],
  worker: { format: 'es' },
  // ONNX Runtime's parts as files of their own, which its threads start from (the default bundles them into one).
  resolve: { conditions: ['onnxruntime-web-use-extern-wasm', ...defaultClientConditions] },
  optimizeDeps: { exclude: ['onnxruntime-web'] },
  // One chunk for the page: it is served from the same machine, or cached after the first visit.
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
    license: { fileName: licences },
  },
});
