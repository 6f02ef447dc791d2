/**
 * Prints GB/s of the WASM kernels beside memcpy, on one core, for weights that lie outside the module's memory.
 * Run: npm run build:wasm && node tests/bench/kernels.mjs [MB]
 * The first table copies blocks in and out as src/kernels/wasm/instance.ts does; the second runs the backend itself.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { build } from 'vite';

const megabytes = Number(process.argv[2] ?? 200);
const repeats = 5;

const wasm = readFileSync(new URL('../../src/kernels/wasm/kernels.wasm', import.meta.url));
const kernels = new WebAssembly.Instance(new WebAssembly.Module(wasm)).exports;
const memory = new Uint8Array(kernels.memory.buffer);
const blockAt = kernels.BLOCK.value;
const block = memory.subarray(blockAt, blockAt + kernels.BLOCK_BYTES.value);

/** Sums of uniforms: near enough to trained weights in spread and in how often they meet. */
function weights(count) {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = (Math.random() + Math.random() + Math.random() - 1.5) * 0.05;
  return values;
}

/** Truncates f32 to bf16, or converts to f16 as far as these weights need (all normal). */
function halves(values, toBits) {
  const bits = new Uint32Array(values.buffer);
  return Uint16Array.from(bits, toBits);
}
const bf16 = (bits) => bits >>> 16;
const f16 = (bits) => ((bits >>> 16) & 0x8000) | Math.max(0, ((bits >>> 13) & 0x3ffff) - 0x1c000);

const bytes = megabytes * 1e6;
const seed = weights(4e6);
const tensors = {
  F64: Float64Array.from(seed),
  F32: seed,
  F16: halves(seed, f16),
  BF16: halves(seed, bf16),
};

function fill(target, source) {
  for (let at = 0; at < target.length; at += source.length) target.set(source.subarray(0, target.length - at), at);
}

function forEachBlock(tensor, work) {
  for (let at = 0; at < tensor.length; at += block.length) {
    const part = tensor.subarray(at, at + block.length);
    block.set(part);
    work(part);
  }
}

/** Best of a few, since whatever else the machine does only slows. */
function rate(work, prepare = () => {}) {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < repeats; i++) {
    prepare();
    const start = performance.now();
    work();
    best = Math.min(best, performance.now() - start);
  }
  return (bytes / best / 1e6).toFixed(1).padStart(8);
}

const tensor = new Uint8Array(bytes);
const copy = new Uint8Array(bytes);
console.log(
  `${megabytes} MB, one core, GB/s\n\n        ${['memcpy', 'measure', 'refine', 'apply', 'signed'].map((name) => name.padStart(8)).join('')}`,
);

// Some thresholds near the middle of the magnitudes, as sort keys and as bins.
const dtypes = {
  F64: {
    measure: (count) => kernels.measureF64(count / 8, 0),
    refine: (count) => kernels.collectF64(count / 8, 0.0125, 0.01255),
    apply: (count, signed) => kernels.applyF64(count, signed, 0x3f90000000000000n, 0x7ff0000000000000n, 0xffffffff),
  },
  F32: {
    measure: (count) => kernels.measureF32(count / 4, 0),
    refine: (count) => kernels.collectF32(count / 4, 0x3c80),
    apply: (count, signed) => kernels.applyF32(count, signed, 0x3c800000, 0x7f800000, 0xffffffff),
  },
  F16: {
    measure: (count) => kernels.measureHalf(count / 2),
    refine: (count) => kernels.countHalf(count / 2, 0x2400),
    apply: (count, signed) => kernels.applyHalf(count, signed, 0x2400, 0x7c00, 0xffffffff),
  },
  BF16: {
    measure: (count) => kernels.measureHalf(count / 2),
    refine: (count) => kernels.countHalf(count / 2, 0x3c80),
    apply: (count, signed) => kernels.applyHalf(count, signed, 0x3c80, 0x7f80, 0xffffffff),
  },
};

for (const [dtype, { measure, refine, apply }] of Object.entries(dtypes)) {
  const source = new Uint8Array(tensors[dtype].buffer);
  const refill = () => fill(tensor, source);
  refill();
  const applied = (signed) => () =>
    forEachBlock(tensor, (part) => {
      apply(part.length, signed);
      part.set(memory.subarray(blockAt, blockAt + part.length));
    });
  const rates = [
    rate(() => copy.set(tensor)),
    rate(() => forEachBlock(tensor, (part) => measure(part.length))),
    rate(() => forEachBlock(tensor, (part) => refine(part.length))),
    rate(applied(false), refill),
    rate(applied(true), refill),
  ];
  console.log(dtype.padEnd(8) + rates.join(''));
}

/** The backend with its TypeScript side, in chunks of 8 MiB as the engine streams them. */
async function backend() {
  const entry = fileURLToPath(new URL('../../src/kernels/wasm/wasmKernels.ts', import.meta.url));
  const { output } = await build({
    configFile: false,
    logLevel: 'error',
    build: { ssr: entry, write: false, minify: false },
  });
  const code = Buffer.from(output[0].code).toString('base64');
  const { createWasmKernels } = await import(`data:text/javascript;base64,${code}`);
  return createWasmKernels(new WebAssembly.Module(wasm));
}

const chunkBytes = 8 * 2 ** 20;

function forEachChunk(width, work) {
  for (let at = 0; at < tensor.length; at += chunkBytes) work(tensor.subarray(at, at + chunkBytes), at / width);
}

/** Groups of a linear layer of 4,096 inputs, or of a convolution of 256 by 3 by 3. */
function groupings(elements) {
  const axis = (stride, size) => ({ axes: [{ stride, size, block: 1, step: 1 }], count: size });
  return {
    rows: axis(4096, Math.ceil(elements / 4096)),
    columns: axis(1, 4096),
    'conv in': axis(9, 256),
    blocks: {
      axes: [
        { stride: 4096, size: Math.ceil(elements / 4096), block: 16, step: 256 },
        { stride: 1, size: 4096, block: 16, step: 1 },
      ],
      count: 256 * Math.ceil(elements / 4096 / 16),
    },
  };
}

const kernelsWithTypeScript = await backend();
const widths = { F64: 8, F32: 4, F16: 2, BF16: 2 };
const pattern = { amount: { keep: 2 }, m: 4, size: 4096, stride: 1, run: 1 };
const names = ['L2 rows', 'L1 rows', 'L2 cols', 'L2 conv', 'L1 block', 'groups', 'energies', 'random', 'product'];
names.push('increase', 'scores', '2:4', '2:4 conv', 'rows', 'chained');
console.log(`\n        ${names.map((name) => name.padStart(9)).join('')}`);
for (const [dtype, values] of Object.entries(tensors)) {
  const width = widths[dtype];
  const refill = () => fill(tensor, new Uint8Array(values.buffer));
  refill();
  const backendOf = kernelsWithTypeScript;
  const of = groupings(tensor.length / width);
  const norms = (grouping, order) => () => {
    const accumulator = backendOf.groupNorms(dtype, grouping, order);
    forEachChunk(width, (chunk) => accumulator.add(chunk));
    accumulator.finish();
  };
  const scored = (scoring) => () => {
    const scorer = backendOf.scorer(dtype, scoring);
    forEachChunk(width, (chunk, index) => scorer.score(chunk, index));
  };
  const patterned = (mask) => () => {
    const applier = backendOf.applyPattern(dtype, dtype, 'magnitude', mask);
    // Whole strips of all patterns here: 9 rows of 4 of 9.
    forEachChunk(width, (chunk) =>
      applier.apply(chunk.subarray(0, chunk.length - (chunk.length % (width * 4096 * 9))), chunk),
    );
  };
  const halfGone = Uint8Array.from({ length: of.rows.count }, (_, i) => i % 2);
  const rates = [
    rate(norms(of.rows, 2)),
    rate(norms(of.rows, 1)),
    rate(norms(of.columns, 2)),
    rate(norms(of['conv in'], 2)),
    rate(norms(of.blocks, 1)),
    rate(() => {
      const applier = backendOf.applyGroups(dtype, of.rows, halfGone);
      forEachChunk(width, (chunk) => applier.apply(chunk));
    }, refill),
    rate(() => {
      const accumulator = backendOf.binEnergies(dtype);
      forEachChunk(width, (chunk) => accumulator.add(chunk));
    }, refill),
    rate(scored({ kind: 'random', seed: 1, stream: 2 })),
    rate(scored({ kind: 'product', factors: new Float32Array(4096).fill(0.5), stride: 1 })),
    rate(
      scored({
        kind: 'increase',
        reference: (index, count) => tensor.subarray(index * width, (index + count) * width),
      }),
    ),
    rate(() => {
      const applier = backendOf.applyScores(dtype, dtype, {
        criterion: 'magnitude',
        threshold: 0.0125,
        ties: Infinity,
      });
      forEachChunk(width, (chunk) => applier.apply(chunk, chunk));
    }, refill),
    rate(patterned(pattern), refill),
    rate(patterned({ ...pattern, size: 256, stride: 9 }), refill),
    rate(patterned({ amount: { drop: 2048 }, m: 4096, size: 4096, stride: 1, run: 1 }), refill),
    rate(() => {
      const applier = backendOf.applyThreshold(dtype, { criterion: 'magnitude', threshold: 0.0125, ties: Infinity });
      const kept = new Uint8Array(chunkBytes / width).fill(1);
      forEachChunk(width, (chunk) => applier.apply(chunk, kept.subarray(0, chunk.length / width)));
    }, refill),
  ];
  console.log(dtype.padEnd(8) + rates.map((each) => each.padStart(9)).join(''));
}

/** Milliseconds, best of a few, in which so many workers measure f32 weights that lie in memory. */
async function measuredBy(count) {
  const url = new URL('./measureWorker.mjs', import.meta.url);
  const workerData = { module: new WebAssembly.Module(wasm), bytes: bytes / count };
  const workers = Array.from({ length: count }, () => new Worker(url, { workerData }));
  const answers = () => Promise.all(workers.map((worker) => once(worker, 'message')));
  await answers();
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 3 * repeats; i++) {
    const done = answers();
    const start = performance.now();
    for (const worker of workers) worker.postMessage('measure');
    await done;
    best = Math.min(best, performance.now() - start);
  }
  await Promise.all(workers.map((worker) => worker.terminate()));
  return best;
}

const [one, two] = [await measuredBy(1), await measuredBy(2)];
console.log(`\nmeasure f32 in memory: two workers are ${(one / two).toFixed(2)} times as fast as one`);
