/**
 * `node tests/bench/shards.mjs [GB] [shards]`: a checkpoint of many files, larger than memory, pruned by the command line (`npm run build:cli`
 * first): half of all weights as one model, then as a lean checkpoint in bf16, then a single tensor of 6 GB. Time and the most memory of the
 * process. Needs twice the room on disk.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../scripts/run.mjs';
import { uniformShapes, writeSafetensors } from './synthetic.mjs';

const gigabytes = Number(process.argv[2] ?? 20);
const shards = Number(process.argv[3] ?? 20);
const folder = mkdtempSync(join(tmpdir(), 'secateur-shards-'));
const rows = [];

try {
  const given = join(folder, 'given');
  mkdirSync(given);
  const shapes = uniformShapes(16 * shards, gigabytes * 1e9);
  const places = {};
  for (let shard = 0; shard < shards; shard++) {
    const name = `model-${numbered(shard + 1)}-of-${numbered(shards)}.safetensors`;
    const own = shapes.slice(16 * shard, 16 * (shard + 1));
    for (const [key] of own) places[key] = name;
    writeSafetensors(join(given, name), own);
  }
  const index = { metadata: { total_size: gigabytes * 1e9 }, weight_map: places };
  writeFileSync(join(given, 'model.safetensors.index.json'), JSON.stringify(index));
  const what = `${gigabytes} GB in ${shards} shards`;
  await row(`${what}: half of all weights`, ['prune', given, '--sparsity', '0.5', '--scope', 'global'], true);
  await row(`${what}: lean, bf16`, ['lean', given, '--dtype', 'bf16'], true);
  rmSync(given, { recursive: true });
  const one = join(folder, 'one.safetensors');
  writeSafetensors(one, [['lm_head.weight', [1_500_000, 1000]]]);
  await row('one tensor of 6 GB: half of it', ['prune', one, '--sparsity', '0.5'], false);
  console.log(['| | time | | most memory |', '|---|---|---|---|', ...rows].join('\n'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function row(name, args, isFolder) {
  const out = join(folder, isFolder ? 'out' : 'out.safetensors');
  if (isFolder) mkdirSync(out);
  const started = performance.now();
  const memory = await ran([...args, '--out', out]);
  const seconds = (performance.now() - started) / 1000;
  const size = isFolder
    ? readdirSync(out).reduce((sum, file) => sum + statSync(join(out, file)).size, 0)
    : statSync(out).size;
  rows.push(
    `| ${name} | ${seconds.toFixed(1)} s | ${(size / seconds / 1e9).toFixed(2)} GB/s written | ${(memory / 1e6).toFixed(0)} MB |`,
  );
  rmSync(out, { recursive: true });
}

/** @returns the most resident memory, in bytes */
function ran(args) {
  const child = spawn(process.execPath, [join(root, 'dist-cli/secateur.mjs'), ...args], { stdio: 'inherit' });
  let most = 0;
  const timer = setInterval(() => {
    const status = (() => {
      try {
        return readFileSync(`/proc/${child.pid}/status`, 'utf8');
      } catch {
        return '';
      }
    })();
    most = Math.max(most, 1024 * Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0));
  }, 50);
  return new Promise((resolve, reject) => {
    child.on('exit', (code) => {
      clearInterval(timer);
      if (code === 0) resolve(most);
      else reject(new Error(`secateur ${args[0]} ended with ${code}.`));
    });
  });
}

function numbered(number) {
  return String(number).padStart(5, '0');
}
