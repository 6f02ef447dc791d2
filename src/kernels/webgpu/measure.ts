/** Measuring a slab of a tensor: counts by fine bin, extremes and moments. */
import { f32FromBits } from '../../tensors/half';
import type { TensorStatistics } from '../../tensors/statistics';
import type { GpuDevice } from './device';
import { bitsWgsl, elementsIn, type GpuDtype, threads } from './elements';
import { wordsOf } from './job';
import { halfStatistics, histogramOf, tallyHalf } from './tally';
import { wideWgsl } from './wide';

/** Elements that one thread of the f32 kernel takes, and a workgroup: the blocks whose moments are merged afterwards. */
const perThread = 16;
const blockElements = threads * perThread;
/** Words by block: finite values, exponent, sum (64 bits), sum of squares (64 bits). */
const blockWords = 6;
/** Words after the table of bins. */
const tableWords = 0x10000;
const extra = { zeros: 0, nan: 1, inf: 2, complementOfLeast: 3, greatest: 4, count: 5 } as const;

/**
 * The table counts finite values by the top 16 bits, -0 with +0. A block's sums are in units of
 * 2^(exponent - 176), and of 2^(2 * exponent - 304) for squares, `exponent` being that of its largest magnitude.
 */
const measureF32Wgsl = /* wgsl */ `
struct Params { count: u32 }
@group(0) @binding(0) var<storage, read> elements: array<u32>;
@group(0) @binding(1) var<storage, read_write> table: array<atomic<u32>>;
@group(0) @binding(2) var<storage, read_write> blocks: array<u32>;
@group(0) @binding(3) var<uniform> params: Params;
${bitsWgsl}
${wideWgsl}

var<workgroup> finite: atomic<u32>;
var<workgroup> zeros: atomic<u32>;
var<workgroup> nans: atomic<u32>;
var<workgroup> infinities: atomic<u32>;
var<workgroup> greatestExponent: atomic<u32>;
var<workgroup> complementOfLeast: atomic<u32>;
var<workgroup> greatest: atomic<u32>;
/** Sum and sum of squares, by thread. */
var<workgroup> sums: array<vec4<u32>, ${threads}>;

@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) block: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let start = block.x * ${blockElements}u + thread;
  var finiteHere = 0u;
  var zerosHere = 0u;
  var complementHere = 0u;
  var greatestHere = 0u;
  var exponentHere = 0u;
  for (var k = 0u; k < ${perThread}u; k++) {
    let i = start + k * ${threads}u;
    if (i >= params.count) { break; }
    var bits = elements[i];
    let magnitude = bits & magnitudeBits;
    if (magnitude >= infinityBits) {
      if (magnitude == infinityBits) { atomicAdd(&infinities, 1u); } else { atomicAdd(&nans, 1u); }
      continue;
    }
    if (magnitude == 0u) {
      zerosHere += 1u;
      bits = 0u;
    }
    finiteHere += 1u;
    atomicAdd(&table[bits >> 16u], 1u);
    // Ascending with the value, as unsigned integers.
    let order = select(bits | 0x80000000u, ~bits, (bits >> 31u) != 0u);
    complementHere = max(complementHere, ~order);
    greatestHere = max(greatestHere, order);
    exponentHere = max(exponentHere, exponentOf(bits));
  }
  atomicMax(&complementOfLeast, complementHere);
  atomicMax(&greatest, greatestHere);
  atomicMax(&greatestExponent, exponentHere);
  atomicAdd(&finite, finiteHere);
  atomicAdd(&zeros, zerosHere);
  workgroupBarrier();

  let exponent = atomicLoad(&greatestExponent);
  var sum = vec2(0u);
  var squares = vec2(0u);
  for (var k = 0u; k < ${perThread}u; k++) {
    let i = start + k * ${threads}u;
    if (i >= params.count) { break; }
    let bits = elements[i];
    if (!isFinite(bits)) { continue; }
    let mantissa = mantissaOf(bits);
    let below = exponent - exponentOf(bits);
    let term = shiftedRight64(vec2(mantissa << 26u, mantissa >> 6u), below);
    sum = add64(sum, select(term, negated64(term), vec2((bits >> 31u) != 0u)));
    let squared = square(mantissa);
    squares = add64(squares, shiftedRight64(vec2(squared.x << 4u, (squared.y << 4u) | (squared.x >> 28u)), 2u * below));
  }
  sums[thread] = vec4(sum, squares);
  for (var half = ${threads / 2}u; half > 0u; half >>= 1u) {
    workgroupBarrier();
    if (thread < half) {
      let a = sums[thread];
      let b = sums[thread + half];
      sums[thread] = vec4(add64(a.xy, b.xy), add64(a.zw, b.zw));
    }
  }
  if (thread == 0u) {
    let at = block.x * ${blockWords}u;
    let total = sums[0];
    blocks[at] = atomicLoad(&finite);
    blocks[at + 1u] = exponent;
    blocks[at + 2u] = total.x;
    blocks[at + 3u] = total.y;
    blocks[at + 4u] = total.z;
    blocks[at + 5u] = total.w;
    atomicAdd(&table[${tableWords + extra.zeros}u], atomicLoad(&zeros));
    atomicAdd(&table[${tableWords + extra.nan}u], atomicLoad(&nans));
    atomicAdd(&table[${tableWords + extra.inf}u], atomicLoad(&infinities));
    atomicMax(&table[${tableWords + extra.complementOfLeast}u], atomicLoad(&complementOfLeast));
    atomicMax(&table[${tableWords + extra.greatest}u], atomicLoad(&greatest));
  }
}
`;

/** @throws CheckpointError `gpu-lost`, as all that runs on the device */
export async function measureSlab(gpu: GpuDevice, dtype: GpuDtype, bytes: Uint8Array): Promise<TensorStatistics> {
  const count = elementsIn(dtype, bytes);
  if (dtype !== 'F32') return halfStatistics(dtype, count, await tallyHalf(gpu, bytes));
  const blocks = Math.max(1, Math.ceil(count / blockElements));
  return gpu.run((job) => {
    const table = job.zeros((tableWords + extra.count) * 4);
    const moments = job.scratch(blocks * blockWords * 4);
    job.dispatch(measureF32Wgsl, [job.upload(bytes), table, moments, job.uniform(count)], blocks);
    job.read(table, (tableWords + extra.count) * 4);
    job.read(moments, blocks * blockWords * 4);
    return ([counts, blockSums]) => f32Statistics(count, wordsOf(counts!), wordsOf(blockSums!));
  });
}

function f32Statistics(count: number, table: Uint32Array, blocks: Uint32Array): TensorStatistics {
  const at = (place: number) => table[tableWords + place]!;
  const nan = at(extra.nan);
  const inf = at(extra.inf);
  const finite = count - nan - inf;
  return {
    count,
    zeros: at(extra.zeros),
    nan,
    inf,
    min: finite === 0 ? Number.NaN : valueInOrder(~at(extra.complementOfLeast)),
    max: finite === 0 ? Number.NaN : valueInOrder(at(extra.greatest)),
    ...momentsOf(blocks),
    histogram: histogramOf(table, 0x7f80),
  };
}

/** The value that the kernel's `order` stands for; a zero is +0. */
function valueInOrder(order: number): number {
  return f32FromBits(order < 0 || order > 0x7fffffff ? order & 0x7fffffff : ~order) + 0;
}

/** Merges the blocks' moments as Chan, Golub and LeVeque do ("Updating Formulae", 1979). */
function momentsOf(blocks: Uint32Array): Pick<TensorStatistics, 'mean' | 'std'> {
  let count = 0;
  let mean = 0;
  let deviations = 0;
  const signed = new BigInt64Array(1);
  for (let at = 0; at < blocks.length; at += blockWords) {
    const finite = blocks[at]!;
    if (finite === 0) continue;
    const exponent = blocks[at + 1]!;
    signed[0] = word64(blocks, at + 2);
    const sum = signed[0];
    const squares = word64(blocks, at + 4);
    // Both terms in units of 2^(2 * exponent - 352), exactly: their difference may be a tiny part of them.
    const within = Number(((BigInt(finite) * squares) << 48n) - sum * sum);
    const total = count + finite;
    const distance = (Number(sum) * 2 ** (exponent - 176)) / finite - mean;
    mean += distance * (finite / total);
    deviations += (Math.max(0, within) * 2 ** (2 * exponent - 352)) / finite;
    deviations += distance * distance * ((count * finite) / total);
    count = total;
  }
  return {
    mean: count === 0 ? Number.NaN : mean,
    std: count < 2 ? Number.NaN : Math.sqrt(deviations / (count - 1)),
  };
}

function word64(words: Uint32Array, at: number): bigint {
  return (BigInt(words[at + 1]!) << 32n) | BigInt(words[at]!);
}
