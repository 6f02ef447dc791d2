/**
 * Prints GB/s of the WASM kernels beside memcpy, on one core, for weights that lie outside the module's memory.
 * Run: npm run build:wasm && node tests/bench/kernels.mjs [MB]
 * It copies blocks in and out as src/kernels/wasm/instance.ts does.
 */
import { readFileSync } from 'node:fs';

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
    measure: (count) => kernels.measureHalf(count / 2, 0x7c00),
    refine: (count) => kernels.countHalf(count / 2, 0x2400),
    apply: (count, signed) => kernels.applyHalf(count, signed, 0x2400, 0x7c00, 0xffffffff),
  },
  BF16: {
    measure: (count) => kernels.measureHalf(count / 2, 0x7f80),
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
