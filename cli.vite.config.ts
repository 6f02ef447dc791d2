/** The command line as one program without dependencies: `npm run build:cli`. */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { defineConfig } from 'vite';
import { headers } from './scripts/policy.mjs';

const { name, version, description, license, engines } = JSON.parse(readFileSync('package.json', 'utf8'));
export default defineConfig({
  publicDir: false,
  define: { pageHeaders: JSON.stringify(headers) },
  build: {
    ssr: 'src/cli/secateur.ts',
    outDir: 'dist-cli',
    target: 'node20',
    rollupOptions: { output: { entryFileNames: 'secateur.mjs', chunkFileNames: '[name].mjs' } },
  },
  plugins: [
    {
      name: 'package',
      writeBundle({ dir: outDir }) {
        copyFileSync('src/kernels/wasm/kernels.wasm', `${outDir}/kernels.wasm`);
        copyFileSync('LICENSE', `${outDir}/LICENSE`);
        const bin = { secateur: 'secateur.mjs' };
        const described = { name, version, description, license, engines, type: 'module', bin };
        writeFileSync(`${outDir}/package.json`, `${JSON.stringify(described, null, 2)}\n`);
      },
    },
  ],
});
