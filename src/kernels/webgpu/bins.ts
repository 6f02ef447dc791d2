/** Looking into the fine bins of a slab of a tensor: the values of one, and the sums of squares of all. */
import { f32FromBits } from '../../tensors/half';
import type { BinEnergies, RefinedBin } from '../../tensors/statistics';
import type { GpuDevice } from './device';
import { bitsWgsl, elementsIn, type GpuDtype, threads, workgroupsFor } from './elements';
import { type Job, wordsOf } from './job';
import type { Slab } from './residentSlabs';
import { halfBin, halfEnergies, tallyHalf } from './tally';
import { atomicSumWgsl, wideAt, wideWgsl } from './wide';

/** A bin of f32 holds 2^16 magnitudes. */
const binMagnitudes = 0x10000;
/** Bins of finite magnitudes of f32. */
const f32Bins = 0x7f80;

/** Counts the values of one bin by their low 16 bits, negative ones behind the positive ones. */
const refineWgsl = /* wgsl */ `
struct Params { count: u32, bin: u32 }
@group(0) @binding(0) var<storage, read> elements: array<u32>;
@group(0) @binding(1) var<storage, read_write> counts: array<atomic<u32>>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(${threads})
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.count) { return; }
  let bits = elements[id.x];
  if (((bits >> 16u) & 0x7fffu) != params.bin) { return; }
  atomicAdd(&counts[(bits & 0xffffu) + (bits >> 31u) * ${binMagnitudes}u], 1u);
}
`;

export async function refineSlab(gpu: GpuDevice, dtype: GpuDtype, bin: number, bytes: Uint8Array): Promise<RefinedBin> {
  if (dtype !== 'F32') return halfBin(dtype, bin, await tallyHalf(gpu, bytes));
  return refineF32(gpu, bin, (job) => [{ buffer: job.upload(bytes), count: elementsIn(dtype, bytes) }]);
}

/** The values in one bin of a tensor of f32 that is on the GPU already. */
export function refineSlabs(gpu: GpuDevice, bin: number, slabs: readonly Slab[]): Promise<RefinedBin> {
  return refineF32(gpu, bin, () => slabs);
}

function refineF32(
  gpu: GpuDevice,
  bin: number,
  runs: (job: Job) => readonly Pick<Slab, 'buffer' | 'count'>[],
): Promise<RefinedBin> {
  return gpu.run((job) => {
    const counts = job.zeros(2 * binMagnitudes * 4);
    for (const { buffer, count } of runs(job)) {
      job.dispatch(refineWgsl, [buffer, counts, job.uniform(count, bin)], workgroupsFor(count));
    }
    job.read(counts, 2 * binMagnitudes * 4);
    return ([found]) => f32Bin(bin, wordsOf(found!));
  });
}

function f32Bin(bin: number, counts: Uint32Array): RefinedBin {
  const lows: number[] = [];
  if (bin < f32Bins) {
    for (let low = 0; low < binMagnitudes; low++) {
      if (counts[low]! + counts[binMagnitudes + low]! > 0) lows.push(low);
    }
  }
  // Zeros of either sign count as positive.
  const isZero = (low: number) => bin === 0 && low === 0;
  return {
    bin,
    magnitudes: Float64Array.from(lows, (low) => f32FromBits((bin << 16) | low)),
    positive: Uint32Array.from(lows, (low) => counts[low]! + (isZero(low) ? counts[binMagnitudes]! : 0)),
    negative: Uint32Array.from(lows, (low) => (isZero(low) ? 0 : counts[binMagnitudes + low]!)),
  };
}

/** Squares of mantissas, added up by bin: exactly, since all values of a bin have one exponent. */
const energiesWgsl = /* wgsl */ `
struct Params { count: u32 }
@group(0) @binding(0) var<storage, read> elements: array<u32>;
@group(0) @binding(1) var<storage, read_write> sums: array<atomic<u32>>;
@group(0) @binding(2) var<uniform> params: Params;
${bitsWgsl}
${wideWgsl}
${atomicSumWgsl}

@compute @workgroup_size(${threads})
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.count) { return; }
  let bits = elements[id.x];
  if (isFinite(bits)) { addTo((bits & magnitudeBits) >> 16u, vec3(square(mantissaOf(bits)), 0u)); }
}
`;

/** Bins that hold nothing but zeros count as empty at either end. */
export async function energiesSlab(gpu: GpuDevice, dtype: GpuDtype, bytes: Uint8Array): Promise<BinEnergies> {
  if (dtype !== 'F32') return halfEnergies(dtype, await tallyHalf(gpu, bytes));
  const count = elementsIn(dtype, bytes);
  return gpu.run((job) => {
    const sums = job.zeros(f32Bins * 12);
    job.dispatch(energiesWgsl, [job.upload(bytes), sums, job.uniform(count)], workgroupsFor(count));
    job.read(sums, f32Bins * 12);
    return ([found]) => f32Energies(wordsOf(found!));
  });
}

function f32Energies(sums: Uint32Array): BinEnergies {
  const isEmpty = (bin: number) => wideAt(sums, bin) === 0;
  let firstBin = 0;
  let end = f32Bins;
  while (firstBin < end && isEmpty(firstBin)) firstBin++;
  while (end > firstBin && isEmpty(end - 1)) end--;
  if (firstBin === end) firstBin = end = 0;
  const energies = Float64Array.from({ length: end - firstBin }, (_, i) => {
    const exponent = Math.max(1, (firstBin + i) >> 7);
    return wideAt(sums, firstBin + i) * 2 ** (2 * exponent - 300);
  });
  return { firstBin, energies };
}
