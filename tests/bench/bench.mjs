/**
 * `npm run bench [-- --large] [--huge] [--layers] [--rounds 3] [--only GPT-2]`: where we stand, in one run on one machine, as Markdown for
 * docs/benchmarks.md. Figures are medians with the lowest and highest; ratios hold, absolute times are the machine's.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { preview } from 'vite';
import { root } from '../../scripts/run.mjs';
import { launch } from './browser.mjs';
import { compareRounds } from './compare.mjs';
import { downloadRounds } from './downloads.mjs';
import { firstFigureRounds } from './firstFigure.mjs';
import { hugeRound } from './huge.mjs';
import { layersRounds } from './layers.mjs';
import { repairRounds } from './repairInPage.mjs';
import { oneRound } from './round.mjs';
import { slimTable } from './slim.mjs';
import { gptShapes, resnet50Shapes, uniformShapes, writeSafetensors } from './synthetic.mjs';
import { table } from './table.mjs';

const { values: options } = parseArgs({
  options: {
    large: { type: 'boolean', default: false },
    huge: { type: 'boolean', default: false },
    layers: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string' },
  },
});
const rounds = Number(options.rounds);

const checkpoints = [
  ['ResNet-50, 25 M, f32', resnet50Shapes(), 'F32'],
  ['300 layers, 100 M, f32', uniformShapes(300, 400e6), 'F32'],
  ['GPT-2, 124 M, f32', gptShapes(12, 768), 'F32'],
  ['GPT-2, 124 M, bf16', gptShapes(12, 768), 'BF16'],
];
if (options.large) {
  checkpoints.push(['1 B, f32', gptShapes(24, 1792), 'F32'], ['1 B, bf16', gptShapes(24, 1792), 'BF16']);
}

const folder = mkdtempSync(join(tmpdir(), 'secateur-bench-'));
const server = await preview({ root, preview: { port: 4180 } });
const address = server.resolvedUrls.local[0];
try {
  console.log(await machine());
  for (const [title, shapes, dtype] of checkpoints) {
    if (options.only && !title.includes(options.only)) continue;
    const path = join(folder, 'model.safetensors');
    const bytes = writeSafetensors(path, shapes, dtype);
    const runs = [];
    for (let round = 0; round < rounds; round++) runs.push(await oneRound(folder, path, address));
    console.log(`\n## ${title} (${(bytes / 1e6).toFixed(0)} MB)\n\n${table(runs, timePyTorch(path), bytes)}`);
  }
  if (!options.only || 'quality'.includes(options.only)) {
    console.log(`\n${await firstFigureRounds(folder, address, pythonHere())}`);
  }
  if (!options.only || 'repair'.includes(options.only)) {
    console.log(`\n${await repairRounds(folder, address, pythonHere(), rounds)}`);
  }
  if (!options.only || 'slim'.includes(options.only)) {
    console.log(`\n${await slimTable(folder, address, pythonHere())}`);
  }
  if (!options.only || 'compare'.includes(options.only)) {
    console.log(`\n${await compareRounds(folder, address, rounds)}`);
  }
  if (!options.only || 'downloads'.includes(options.only)) {
    console.log(`\n${await downloadRounds(folder, address, rounds)}`);
  }
  if (options.layers) console.log(`\n${await layersRounds(folder, address, rounds)}`);
  if (options.huge) for (const gigabytes of [8, 20]) console.log(`\n${await hugeRound(folder, address, gigabytes)}`);
} finally {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}

async function machine() {
  const context = await launch(join(folder, 'profile'));
  const version = context.browser()?.version() ?? (await context.newPage()).evaluate(() => navigator.userAgent);
  const chromium = await version;
  await context.close();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} × ${cpus()[0].model}, ${memory} GiB, ${chromium}, Node ${process.version}, ${rounds} rounds`;
}

function pythonHere() {
  return [process.env.SECATEUR_PYTHON, join(root, '.venv/bin/python')].find((it) => it && existsSync(it));
}

/** As many runs, in milliseconds a step; empty where they cannot be made. */
function timePyTorch(path) {
  const python = pythonHere();
  const runs = [];
  for (let round = 0; python && round < rounds; round++) {
    const script = join(root, 'tests/bench/pytorch.py');
    const { status, stdout, stderr } = spawnSync(python, [script, path, join(folder, 'pytorch.pth')], {
      encoding: 'utf8',
    });
    if (status !== 0) {
      console.error(stderr);
      return [];
    }
    runs.push(JSON.parse(stdout));
  }
  return runs;
}
