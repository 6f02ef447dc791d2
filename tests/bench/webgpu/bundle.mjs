/** The benchmark as one module for Node and for a page, the WASM kernels in it. */
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** @returns its text */
export async function bundle() {
  const { output } = (
    await build({
      configFile: false,
      publicDir: false,
      logLevel: 'error',
      build: {
        lib: { entry: fileURLToPath(new URL('./main.ts', import.meta.url)), formats: ['es'] },
        target: 'es2023',
        write: false,
        minify: false,
      },
    })
  )[0];
  return output[0].code;
}
