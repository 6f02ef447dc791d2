/**
 * `npm run bench`: where we stand, in one run on one machine. Times are the best of a few rounds, because whatever else
 * runs only adds to them; ratios hold, absolute times are the machine's. Memory and smoothness are medians.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { preview } from 'vite';
import { root } from '../../scripts/run.mjs';
import {
  chooseWholeModel,
  dragForTwoSeconds,
  launch,
  timeExport,
  timeOpen,
  timeRawRead,
  timeSparsity,
  visit,
} from './browser.mjs';
import { withPeakMemory } from './memory.mjs';
import { resnet50Shapes, uniformShapes, writeSafetensors } from './synthetic.mjs';

const rounds = 3;
const folder = mkdtempSync(join(tmpdir(), 'secateur-bench-'));

const checkpoints = [
  ['ResNet-50', resnet50Shapes()],
  ['300 layers, 400 MB', uniformShapes(300, 400e6)],
];

try {
  const server = await preview({ root, preview: { port: 4180 } });
  const address = server.resolvedUrls.local[0];
  console.log(`${cpus().length} × ${cpus()[0].model}, Node ${process.version}, ${rounds} rounds\n`);
  for (const [title, shapes] of checkpoints) {
    const path = join(folder, `${shapes.length}.safetensors`);
    const bytes = writeSafetensors(path, shapes);
    await benchmark(title, path, bytes, address);
  }
  await server.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function benchmark(title, path, bytes, address) {
  const runs = [];
  for (let round = 0; round < rounds; round++) runs.push(await oneRound(path, address));
  const best = (of) => Math.min(...runs.map(of));
  const median = (of) => runs.map(of).sort((a, b) => a - b)[Math.floor(runs.length / 2)];
  const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(2)} s`;
  const speed = (milliseconds) => `${(bytes / milliseconds / 1e6).toFixed(2)} GB/s`;
  const raw = best((run) => run.raw);
  const open = best((run) => run.open);
  const total = best((run) => run.open + run.sparsity + run.exported.downloaded);
  const rows = [
    ['read the bytes', seconds(raw), speed(raw)],
    ['open and measure', seconds(open), `${speed(open)}, ${(open / raw).toFixed(2)} × the read`],
    ['50 % global, exact', seconds(best((run) => run.sparsity)), ''],
    ['export', seconds(best((run) => run.exported.downloaded)), ''],
    ['end to end', seconds(total), ''],
    ['peak memory over the empty page', `${(median((run) => run.peak - run.empty) / 1e6).toFixed(0)} MB`, ''],
    [
      'two-second drag, whole model',
      `${median((run) => run.drag.longestTask).toFixed(0)} ms longest task`,
      `${median((run) => run.drag.dropped)} of ${median((run) => run.drag.frames)} frames over 33 ms`,
    ],
  ];
  const pytorch = timePyTorch(path);
  if (pytorch) {
    const ratio = (pytorch.total * 1000) / total;
    rows.push([
      'PyTorch, the same job',
      `${pytorch.total.toFixed(2)} s`,
      `${ratio.toFixed(1)} × ours; ${stepsOf(pytorch)}`,
    ]);
  } else {
    rows.push(['PyTorch, the same job', 'not run', 'set SECATEUR_PYTHON to a Python with torch and safetensors']);
  }
  console.log(`${title} (${(bytes / 1e6).toFixed(0)} MB)`);
  for (const [what, figure, remark] of rows) console.log(`  ${what.padEnd(34)}${figure.padStart(18)}   ${remark}`);
  console.log();
}

/** A fresh browser each time, so that no cache of the last round helps. */
async function oneRound(path, address) {
  const profile = mkdtempSync(join(folder, 'profile-'));
  const context = await launch(profile);
  try {
    const raw = await timeRawRead(context, address, path);
    const page = await visit(context, address);
    const { peak: empty } = await withPeakMemory(() => page.waitForTimeout(500));
    const { result, peak } = await withPeakMemory(async () => {
      const open = await timeOpen(page, path);
      await chooseWholeModel(page);
      const drag = await dragForTwoSeconds(page);
      const sparsity = await timeSparsity(page, 50);
      const exported = await timeExport(page);
      if (statSync(exported.path).size !== statSync(path).size) throw new Error('The export has another size.');
      return { open, drag, sparsity, exported };
    });
    return { raw, empty, peak, ...result };
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

/** The best of as many rounds, in seconds a step; undefined where it cannot be run. */
function timePyTorch(path) {
  const python = [process.env.SECATEUR_PYTHON, join(root, '.venv/bin/python')].find((it) => it && existsSync(it));
  if (!python) return undefined;
  const runs = [];
  for (let round = 0; round < rounds; round++) {
    const script = join(root, 'tests/bench/pytorch.py');
    const { status, stdout, stderr } = spawnSync(python, [script, path, join(folder, 'pytorch.pth')], {
      encoding: 'utf8',
    });
    if (status !== 0) {
      console.error(stderr);
      return undefined;
    }
    runs.push(JSON.parse(stdout));
  }
  return runs.reduce((quickest, run) => (run.total < quickest.total ? run : quickest));
}

function stepsOf({ load, prune, remove, save }) {
  const parts = { load, prune, remove, save };
  return Object.entries(parts)
    .map(([step, time]) => `${step} ${time.toFixed(2)}`)
    .join(', ');
}
