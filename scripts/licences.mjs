/** Adds to `licences.md`, which the build makes of what the page imports, what only its workers do. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run.mjs';

/** Its package has no licence of its own beside it, and its WebAssembly is made of others. */
function onnxRuntime() {
  const { name, version, license } = JSON.parse(
    readFileSync(join(root, 'node_modules/onnxruntime-web/package.json'), 'utf8'),
  );
  const [, ...mit] = readFileSync(join(root, 'LICENSE'), 'utf8').split(/^Copyright.*$/m);
  return [
    `## ${name} - ${version} (${license})`,
    'Copyright (c) Microsoft Corporation',
    mit.join('').trim(),
    `What it is made of: https://github.com/microsoft/onnxruntime/blob/v${version}/ThirdPartyNotices.txt`,
  ].join('\n\n');
}

/** @returns {import('vite').Plugin} */
export function licencesOfWorkers(fileName) {
  return {
    name: 'secateur:licences-of-workers',
    apply: 'build',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const notices = bundle[fileName];
        if (!notices) throw new Error(`The build made no ${fileName}.`);
        notices.source = `${notices.source.toString().trimEnd()}\n\n${onnxRuntime()}\n`;
      },
    },
  };
}
