/** Vitest's global set-up: compiles kernels.wasm when it is missing or older than its sources. */
import { execFileSync } from 'node:child_process';
import { readdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'src/kernels/wasm');
const built = join(folder, 'kernels.wasm');

export function setup(): void {
  const config = join(folder, 'asconfig.json');
  const assembly = join(folder, 'assembly');
  const sources = [config, ...readdirSync(assembly).map((name) => join(assembly, name))];
  const builtAt = statSync(built, { throwIfNoEntry: false })?.mtimeMs ?? Number.NEGATIVE_INFINITY;
  if (sources.every((source) => statSync(source).mtimeMs < builtAt)) return;

  // Under another name first: a run beside this one never loads half a file.
  const unfinished = join(folder, `kernels.${process.pid}.wasm`);
  const compiler = join(root, 'node_modules/assemblyscript/bin/asc.js');
  execFileSync(process.execPath, [compiler, join(assembly, 'index.ts'), '--config', config, '--outFile', unfinished], {
    cwd: root,
    stdio: 'inherit',
  });
  renameSync(unfinished, built);
}
