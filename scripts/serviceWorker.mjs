/** Builds the service worker beside the page, once it is known what the page is made of. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';

/** 14 to 17 MB each, of which a browser needs one, if any. */
const ofRuntime = /^assets\/ort-wasm/;
const ofWebGpu = /\.jspi/;

/**
 * @param {Readonly<Record<string, string>>} headers that pages and workers are to have on hosts that send none
 * @returns {import('vite').Plugin}
 */
export function serviceWorker(headers) {
  let publicDir;
  return {
    name: 'secateur:service-worker',
    apply: 'build',
    enforce: 'post',
    configResolved: (config) => {
      publicDir = config.publicDir;
    },
    generateBundle: {
      order: 'post',
      async handler(_, bundle) {
        const built = Object.values(bundle).map((file) => [file.fileName, file.source ?? file.code]);
        const files = [...built, ...filesOf(publicDir)].map(([path, content]) => [pagePath(path), content]);
        const paths = files.map(([path]) => path).sort();
        const runtime = paths.filter((path) => ofRuntime.test(path));
        const about = {
          version: versionOf(files, headers),
          files: paths.filter((path) => !ofRuntime.test(path)),
          runtime: {
            wasm: runtime.filter((path) => !ofWebGpu.test(path)),
            webgpu: runtime.filter((path) => ofWebGpu.test(path)),
          },
          headers,
        };
        this.emitFile({ type: 'asset', fileName: 'serviceWorker.js', source: await bundled(about) });
      },
    },
  };
}

/** The page is asked for by its folder. */
function pagePath(path) {
  return path === 'index.html' ? '' : path;
}

function filesOf(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => !path.endsWith('.md'))
    .map((path) => [path.slice(folder.length + 1).replaceAll('\\', '/'), readFileSync(path)]);
}

function versionOf(files, headers) {
  const hash = createHash('sha256').update(JSON.stringify(headers));
  for (const [path, content] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) hash.update(path).update(content);
  return hash.digest('hex').slice(0, 16);
}

/** One script without imports: browsers compare it byte by byte to see whether there is another version. */
async function bundled(about) {
  const result = await build({
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    define: { secateurBuild: JSON.stringify(about) },
    build: {
      write: false,
      target: 'es2023',
      modulePreload: false,
      rollupOptions: { input: 'src/serviceWorker/worker/serviceWorker.ts', output: { format: 'iife' } },
    },
  });
  const [output] = [result].flat();
  return output.output[0].code;
}
