/** Counts elements at or below thresholds in tensors that are on the GPU already. */

import type { Threshold } from '../residents';
import type { GpuDevice } from './device';
import { bitsWgsl, byDtype, elementWgsl, type GpuDtype, threads, workgroupsFor } from './elements';
import { wordsOf } from './job';
import type { Slab } from './residentSlabs';
import { thresholdKey } from './threshold';

const perThread = 32;

const countWgsl = byDtype(
  (dtype) => /* wgsl */ `
struct Params { count: u32, signed: u32, key: i32, slot: u32 }
@group(0) @binding(0) var<storage, read> elements: array<u32>;
@group(0) @binding(1) var<storage, read_write> counts: array<atomic<u32>>;
@group(0) @binding(2) var<uniform> params: Params;
${bitsWgsl}
${elementWgsl(dtype, 'element', 'elements')}
var<workgroup> found: atomic<u32>;

@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  var foundHere = 0u;
  for (var k = 0u; k < ${perThread}u; k++) {
    let i = (group.x * ${perThread}u + k) * ${threads}u + thread;
    if (i >= params.count) { break; }
    let bits = element(i);
    foundHere += u32(isFinite(bits) && keyOf(bits, params.signed) <= params.key);
  }
  atomicAdd(&found, foundHere);
  workgroupBarrier();
  if (thread == 0u) { atomicAdd(&counts[params.slot], atomicLoad(&found)); }
}
`,
);

export interface CountedSlabs {
  readonly dtype: GpuDtype;
  readonly slabs: readonly Slab[];
  readonly threshold: Threshold;
}

/** One count for each tensor, all in one submission. */
export async function countSlabs(gpu: GpuDevice, tensors: readonly CountedSlabs[]): Promise<number[]> {
  const all = tensors.flatMap(({ dtype, slabs, threshold }, tensor) =>
    slabs.map((slab) => ({ dtype, slab, threshold, tensor })),
  );
  if (all.length === 0) return tensors.map(() => 0);
  return gpu.run((job) => {
    const counts = job.zeros(all.length * 4);
    all.forEach(({ dtype, slab, threshold }, slot) => {
      const signed = threshold.criterion === 'signed' ? 1 : 0;
      const params = job.uniform(slab.count, signed, thresholdKey(threshold), slot);
      job.dispatch(countWgsl(dtype), [slab.buffer, counts, params], workgroupsFor(slab.count, perThread));
    });
    job.read(counts, all.length * 4);
    return ([found]) => {
      const sums = tensors.map(() => 0);
      wordsOf(found!).forEach((count, slot) => {
        sums[all[slot]!.tensor]! += count;
      });
      return sums;
    };
  });
}
