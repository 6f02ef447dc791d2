/** Counts by the top 16 bits of a value: all of an f16 or bf16, which leaves nothing else to measure. */
import { binCountOf } from '../../tensors/bins';
import { bf16ToNumber, f16ToNumber } from '../../tensors/half';
import type { BinEnergies, FineHistogram, RefinedBin, TensorStatistics } from '../../tensors/statistics';
import type { GpuDevice } from './device';
import { threads, workgroupsFor } from './elements';
import { wordsOf } from './job';

export type HalfDtype = 'F16' | 'BF16';

const tableWords = 0x10000;
const signBit = 0x8000;

const tallyWgsl = /* wgsl */ `
struct Params { count: u32 }
@group(0) @binding(0) var<storage, read> elements: array<u32>;
@group(0) @binding(1) var<storage, read_write> table: array<atomic<u32>>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(${threads})
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = 2u * id.x;
  if (i < params.count) { atomicAdd(&table[elements[id.x] & 0xffffu], 1u); }
  if (i + 1u < params.count) { atomicAdd(&table[elements[id.x] >> 16u], 1u); }
}
`;

/** Counts of f16 or bf16 elements by their bits. */
export function tallyHalf(gpu: GpuDevice, bytes: Uint8Array): Promise<Uint32Array> {
  const count = bytes.length / 2;
  return gpu.run((job) => {
    const table = job.zeros(tableWords * 4);
    job.dispatch(tallyWgsl, [job.upload(bytes), table, job.uniform(count)], workgroupsFor(count, 2));
    job.read(table, tableWords * 4);
    return ([counts]) => wordsOf(counts!).slice();
  });
}

/** The occupied part of a table, zeros of both signs counted as positive. @param bins of finite magnitudes */
export function histogramOf(table: Uint32Array, bins: number): FineHistogram {
  const isEmpty = (bin: number) => table[bin] === 0 && table[signBit + bin] === 0;
  let firstBin = 0;
  let end = bins;
  while (firstBin < end && isEmpty(firstBin)) firstBin++;
  while (end > firstBin && isEmpty(end - 1)) end--;
  if (firstBin === end) firstBin = end = 0;
  return { firstBin, positive: table.slice(firstBin, end), negative: table.slice(signBit + firstBin, signBit + end) };
}

/** Everything there is to know of an f16 or bf16 tensor, exactly. */
export function halfStatistics(dtype: HalfDtype, count: number, table: Uint32Array): TensorStatistics {
  moveNegativeZeros(table);
  const infinity = binCountOf(dtype);
  const inf = table[infinity]! + table[signBit + infinity]!;
  const histogram = histogramOf(table, infinity);
  const values = valuesOf(dtype, histogram);
  const finite = values.reduce((sum, { times }) => sum + times, 0);
  const mean = values.reduce((sum, { value, times }) => sum + value * times, 0) / finite;
  const deviations = values.reduce((sum, { value, times }) => sum + (value - mean) ** 2 * times, 0);
  return {
    count,
    zeros: table[0]!,
    nan: count - finite - inf,
    inf,
    min: values[0]?.value ?? Number.NaN,
    max: values.at(-1)?.value ?? Number.NaN,
    mean,
    std: finite < 2 ? Number.NaN : Math.sqrt(deviations / (finite - 1)),
    histogram,
  };
}

export function halfBin(dtype: HalfDtype, bin: number, table: Uint32Array): RefinedBin {
  moveNegativeZeros(table);
  const positive = table[bin]!;
  const negative = table[signBit + bin]!;
  const present = bin < binCountOf(dtype) && positive + negative > 0;
  return {
    bin,
    magnitudes: Float64Array.from(present ? [halfValue(dtype, bin)] : []),
    positive: Uint32Array.from(present ? [positive] : []),
    negative: Uint32Array.from(present ? [negative] : []),
  };
}

export function halfEnergies(dtype: HalfDtype, table: Uint32Array): BinEnergies {
  moveNegativeZeros(table);
  const { firstBin, positive, negative } = histogramOf(table, binCountOf(dtype));
  return {
    firstBin,
    energies: Float64Array.from(positive, (count, i) => (count + negative[i]!) * halfValue(dtype, firstBin + i) ** 2),
  };
}

function moveNegativeZeros(table: Uint32Array): void {
  table[0]! += table[signBit]!;
  table[signBit] = 0;
}

function halfValue(dtype: HalfDtype, bits: number): number {
  return dtype === 'F16' ? f16ToNumber(bits) : bf16ToNumber(bits);
}

/** The values that occur, ascending. */
function valuesOf(
  dtype: HalfDtype,
  { firstBin, positive, negative }: FineHistogram,
): { value: number; times: number }[] {
  const values: { value: number; times: number }[] = [];
  for (let i = negative.length - 1; i >= 0; i--) {
    if (negative[i]! > 0) values.push({ value: -halfValue(dtype, firstBin + i), times: negative[i]! });
  }
  positive.forEach((times, i) => {
    if (times > 0) values.push({ value: halfValue(dtype, firstBin + i), times });
  });
  return values;
}
