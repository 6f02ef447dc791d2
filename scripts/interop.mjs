/**
 * `npm run test:interop`: holds exports against the real PyTorch, safetensors and ONNX Runtime. Uses the Python in
 * SECATEUR_PYTHON, or makes one in .venv. Where the packages cannot be had it says so and passes, unless
 * SECATEUR_INTEROP=required.
 */
import './ensureInstalled.mjs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { npm, root, run } from './run.mjs';

const windows = process.platform === 'win32';
const requirements = join(root, 'tests', 'interop', 'requirements.txt');

const python = process.env.SECATEUR_PYTHON || makePython();
if (!python || !hasPackages(python)) {
  const reason = python ? `${python} lacks torch, safetensors, onnx, onnxruntime or numpy` : 'no Python with PyTorch';
  console.log(`interop: not run: ${reason}. Set SECATEUR_PYTHON to a Python with tests/interop/requirements.txt.`);
  process.exit(process.env.SECATEUR_INTEROP === 'required' ? 1 : 0);
}
const vitest = [
  'exec',
  '--no',
  '--',
  'vitest',
  'run',
  '--config',
  'vitest.interop.config.ts',
  ...process.argv.slice(2),
];
process.exit(npm(vitest, { env: { ...process.env, SECATEUR_PYTHON: python } }) ? 0 : 1);

function hasPackages(python) {
  return run(python, ['-c', 'import torch, safetensors, onnx, onnxruntime, numpy'], { stdio: 'ignore' });
}

/** @returns {string | undefined} the interpreter of .venv with the packages in it */
function makePython() {
  const python = join(root, '.venv', windows ? 'Scripts/python.exe' : 'bin/python');
  if (hasPackages(python)) return python;
  console.log('interop: installing PyTorch and its neighbours into .venv …');
  if (!run(windows ? 'python' : 'python3', ['-m', 'venv', '.venv'])) return undefined;
  const install = (...options) =>
    run(python, [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--retries',
      '0',
      '--timeout',
      '20',
      ...options,
      '-r',
      requirements,
    ]);
  // Where the default index is out of reach, one that this machine's configuration names may not be.
  const installed = install() || extraIndexes(python).some((index) => install('--index-url', index));
  return installed ? python : undefined;
}

function extraIndexes(python) {
  const { stdout } = spawnSync(python, ['-m', 'pip', 'config', 'get', 'global.extra-index-url'], { encoding: 'utf8' });
  return (stdout ?? '').split(/\s+/).filter((index) => index !== '');
}
