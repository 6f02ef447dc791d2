/**
 * `npm run test:interop`: holds exports against the real PyTorch, safetensors and ONNX Runtime, and default selections
 * against architectures of torchvision, timm and transformers: eight of them, all with `-- --all`. Uses the Python in
 * SECATEUR_PYTHON, or makes one in .venv. Where packages cannot be had it says so and passes without what needs them,
 * unless SECATEUR_INTEROP=required.
 */
import './ensureInstalled.mjs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { npm, root, run } from './run.mjs';

const windows = process.platform === 'win32';
const isRequired = process.env.SECATEUR_INTEROP === 'required';
const requirements = join(root, 'tests', 'interop', 'requirements.txt');
/** Of the architecture tests alone: the others run without. */
const architectureRequirements = join(root, 'tests', 'interop', 'requirements-architectures.txt');
/** Of the tests of files that other libraries write: TensorFlow is large, and wants versions of its own, so it is not installed here. */
const fileRequirements = join(root, 'tests', 'interop', 'requirements-files.txt');
const filePackages = ['gguf', 'h5py', 'keras', 'tensorflow', 'flax'];
const packages = ['torch', 'safetensors', 'onnx', 'onnxruntime', 'numpy'];
const architecturePackages = ['torchvision', 'timm', 'transformers', 'onnxscript', 'cloudpickle', 'dill'];

const python = process.env.SECATEUR_PYTHON || makePython();
if (!python || !hasPackages(python)) {
  const reason = python ? `${python} lacks one of ${packages.join(', ')}` : 'no Python with PyTorch';
  console.log(`interop: not run: ${reason}. Set SECATEUR_PYTHON to a Python with tests/interop/requirements.txt.`);
  process.exit(isRequired ? 1 : 0);
}
const hasArchitectures = isThere(python, architecturePackages);
if (!hasArchitectures) {
  const lacks = `${python} lacks one of ${architecturePackages.join(', ')} (${architectureRequirements})`;
  console.log(`interop: architectures are not tested: ${lacks}.`);
  if (isRequired) process.exit(1);
}
const missing = filePackages.filter((name) => !isThere(python, [name]));
if (missing.length > 0) {
  console.log(
    `interop: files of other libraries are not tested: ${python} lacks ${missing.join(', ')} (${fileRequirements}).`,
  );
}
const args = process.argv.slice(2);
const all = args.includes('--all');
const vitest = [
  'exec',
  '--no',
  '--',
  'vitest',
  'run',
  '--config',
  'vitest.interop.config.ts',
  ...args.filter((arg) => arg !== '--all'),
];
const env = {
  ...process.env,
  SECATEUR_PYTHON: python,
  SECATEUR_ARCHITECTURES: hasArchitectures ? (all ? 'all' : 'some') : 'none',
};
process.exit(npm(vitest, { env }) ? 0 : 1);

function hasPackages(python) {
  return run(python, ['-c', `import ${packages.join(', ')}`], { stdio: 'ignore' });
}

/** Without importing them, which takes many seconds. */
function isThere(python, names) {
  const lines = ['from importlib.util import find_spec', `assert all(map(find_spec, ${JSON.stringify(names)}))`];
  return run(python, ['-c', lines.join('\n')], { stdio: 'ignore' });
}

/** @returns {string | undefined} the interpreter of .venv with the packages in it */
function makePython() {
  const python = join(root, '.venv', windows ? 'Scripts/python.exe' : 'bin/python');
  if (hasPackages(python) && isThere(python, architecturePackages)) return python;
  console.log('interop: installing PyTorch and its neighbours into .venv …');
  if (!run(windows ? 'python' : 'python3', ['-m', 'venv', '.venv'])) return undefined;
  const install = (files, ...options) =>
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
      ...files.flatMap((file) => ['-r', file]),
    ]);
  // Where the default index is out of reach, one that this machine's configuration names may not be.
  const indexes = [[], ...extraIndexes(python).map((index) => ['--index-url', index])];
  const installed = [[requirements, architectureRequirements], [requirements]].some((files) =>
    indexes.some((index) => install(files, ...index)),
  );
  return installed || hasPackages(python) ? python : undefined;
}

function extraIndexes(python) {
  const { stdout } = spawnSync(python, ['-m', 'pip', 'config', 'get', 'global.extra-index-url'], { encoding: 'utf8' });
  return (stdout ?? '').split(/\s+/).filter((index) => index !== '');
}
