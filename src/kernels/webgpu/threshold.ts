/** Thresholds: which elements lie below, and which of those that are equal come first. All in integers. */
import { f32Bits } from '../../tensors/half';
import type { ThresholdMask } from '../kernels';
import type { Threshold } from '../residents';
import type { GpuDevice } from './device';
import { bitsWgsl, elementWgsl, type GpuDtype, keptWgsl, threads, workgroupsFor } from './elements';
import { bitBytes, type ErasedSlab, erase, type Masked, uploadMasked, wordElements } from './erase';

const maxU32 = 2 ** 32 - 1;
const noKey = -0x80000000;

/** The threshold as a key of `keyOf` (elements.ts). Finite magnitudes have keys below infinity's. */
export function thresholdKey({ criterion, threshold }: Threshold): number {
  if (Number.isNaN(threshold) || (criterion === 'magnitude' && threshold < 0)) return noKey;
  const magnitude = f32Bits(Math.abs(threshold));
  return threshold < 0 ? -magnitude : magnitude;
}

/** Bits of the elements below the threshold, bits of those equal to it, and how many those are by workgroup. */
const markWgsl = (dtype: GpuDtype, scoreDtype: GpuDtype) => /* wgsl */ `
struct Params { count: u32, hasKept: u32, signed: u32, key: i32, allTies: u32 }
@group(0) @binding(0) var<storage, read> elements: array<u32>;
@group(0) @binding(1) var<storage, read> scores: array<u32>;
@group(0) @binding(2) var<storage, read> kept: array<u32>;
@group(0) @binding(3) var<storage, read_write> goes: array<u32>;
@group(0) @binding(4) var<storage, read_write> ties: array<u32>;
@group(0) @binding(5) var<storage, read_write> tieCounts: array<u32>;
@group(0) @binding(6) var<uniform> params: Params;
${bitsWgsl}
${elementWgsl(dtype, 'element', 'elements')}
${elementWgsl(scoreDtype, 'score', 'scores')}
${keptWgsl}

var<workgroup> tiesInGroup: atomic<u32>;

@compute @workgroup_size(${threads})
fn main(
  @builtin(global_invocation_id) id: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
  @builtin(workgroup_id) group: vec3<u32>,
) {
  let start = id.x * ${wordElements}u;
  if (start < params.count) {
    var below = 0u;
    var equal = 0u;
    for (var k = 0u; k < min(${wordElements}u, params.count - start); k++) {
      let i = start + k;
      let bits = score(i);
      if (!isFinite(bits) || !isFinite(element(i)) || !wasKept(i)) { continue; }
      let key = keyOf(bits, params.signed);
      below |= u32(key < params.key) << k;
      equal |= u32(key == params.key) << k;
    }
    goes[id.x] = select(below, below | equal, params.allTies != 0u);
    ties[id.x] = equal;
    atomicAdd(&tiesInGroup, countOneBits(equal));
  }
  workgroupBarrier();
  if (thread == 0u) { tieCounts[group.x] = atomicLoad(&tiesInGroup); }
}
`;

/** Inclusive prefix sums over the threads of a workgroup, as `prefixSums[thread]`. */
const prefixSumWgsl = /* wgsl */ `
var<workgroup> prefixSums: array<u32, ${threads}>;

fn addUp(thread: u32, value: u32) {
  prefixSums[thread] = value;
  for (var distance = 1u; distance < ${threads}u; distance <<= 1u) {
    workgroupBarrier();
    var before = 0u;
    if (thread >= distance) { before = prefixSums[thread - distance]; }
    workgroupBarrier();
    prefixSums[thread] += before;
  }
  workgroupBarrier();
}
`;

/** One workgroup: turns the counts by workgroup into the number of ties before each, and the total behind the last. */
const countBeforeWgsl = /* wgsl */ `
struct Params { groups: u32 }
@group(0) @binding(0) var<storage, read_write> tieCounts: array<u32>;
@group(0) @binding(1) var<uniform> params: Params;
${prefixSumWgsl}

@compute @workgroup_size(${threads})
fn main(@builtin(local_invocation_index) thread: u32) {
  let each = (params.groups + ${threads - 1}u) / ${threads}u;
  let start = min(thread * each, params.groups);
  let end = min(start + each, params.groups);
  var sum = 0u;
  for (var i = start; i < end; i++) { sum += tieCounts[i]; }
  addUp(thread, sum);
  var before = prefixSums[thread] - sum;
  for (var i = start; i < end; i++) {
    let count = tieCounts[i];
    tieCounts[i] = before;
    before += count;
  }
  if (thread == ${threads - 1}u) { tieCounts[params.groups] = before; }
}
`;

/** Adds the first ties, in storage order, to what goes. */
const settleWgsl = /* wgsl */ `
struct Params { words: u32, tiesLeft: u32 }
@group(0) @binding(0) var<storage, read_write> goes: array<u32>;
@group(0) @binding(1) var<storage, read> ties: array<u32>;
@group(0) @binding(2) var<storage, read> tieCounts: array<u32>;
@group(0) @binding(3) var<uniform> params: Params;
${prefixSumWgsl}

@compute @workgroup_size(${threads})
fn main(
  @builtin(global_invocation_id) id: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
  @builtin(workgroup_id) group: vec3<u32>,
) {
  var equal = 0u;
  if (id.x < params.words) { equal = ties[id.x]; }
  let count = countOneBits(equal);
  addUp(thread, count);
  let before = tieCounts[group.x] + prefixSums[thread] - count;
  if (before >= params.tiesLeft || count == 0u) { return; }
  for (var beyond = count - min(count, params.tiesLeft - before); beyond > 0u; beyond--) {
    equal &= ~(1u << firstLeadingBit(equal));
  }
  goes[id.x] |= equal;
}
`;

export interface ThresholdSlab extends ErasedSlab {
  /** Elements equal to the threshold that went; 0 where all of them go. */
  readonly ties: number;
}

/** @param scores may be the elements themselves @param mask its `ties` are those still to go */
export function applyThresholdSlab(
  gpu: GpuDevice,
  masked: Masked,
  mask: ThresholdMask,
  scores: { readonly dtype: GpuDtype; readonly bytes: Uint8Array },
): Promise<ThresholdSlab> {
  const tiesLeft = Math.min(mask.ties, maxU32);
  const allTies = mask.ties === Number.POSITIVE_INFINITY;
  return gpu.run((job) => {
    const uploaded = uploadMasked(job, masked);
    const { count, elements, kept, hasKept } = uploaded;
    const goes = job.scratch(bitBytes(count));
    const ties = job.scratch(bitBytes(count));
    const groups = workgroupsFor(count, wordElements);
    const tieCounts = job.scratch((groups + 1) * 4);
    const signed = mask.criterion === 'signed' ? 1 : 0;
    job.dispatch(
      markWgsl(masked.dtype, scores.dtype),
      [
        elements,
        scores.bytes === masked.bytes ? elements : job.upload(scores.bytes),
        kept,
        goes,
        ties,
        tieCounts,
        job.uniform(count, hasKept, signed, thresholdKey(mask), allTies ? 1 : 0),
      ],
      groups,
    );
    const countsTies = !allTies && tiesLeft > 0;
    if (countsTies) {
      job.dispatch(countBeforeWgsl, [tieCounts, job.uniform(groups)], 1);
      job.dispatch(settleWgsl, [goes, ties, tieCounts, job.uniform(bitBytes(count) / 4, tiesLeft)], groups);
    }
    const finish = erase(job, masked, uploaded, goes);
    if (countsTies) job.read(tieCounts, (groups + 1) * 4);
    return (outputs) => {
      const found = countsTies ? new DataView(outputs.at(-1)!.buffer, outputs.at(-1)!.byteOffset) : undefined;
      const total = found?.getUint32(groups * 4, true) ?? 0;
      return { ...finish(masked.kept ? outputs.slice(0, 3) : outputs.slice(0, 2)), ties: Math.min(total, tiesLeft) };
    };
  });
}
