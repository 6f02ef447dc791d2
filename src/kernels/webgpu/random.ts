/** Random scores: `randomScore` of tensors/random.ts, for all elements of a slab. */
import { randomKeys } from '../../tensors/random';
import type { GpuDevice } from './device';
import { bitsWgsl, byDtype, elementsIn, elementWgsl, type GpuDtype, threads, workgroupsFor } from './elements';

const randomWgsl = byDtype(
  (dtype) => /* wgsl */ `
struct Params { count: u32, index: u32, first: u32, second: u32, secondAfterWrap: u32 }
@group(0) @binding(0) var<storage, read> elements: array<u32>;
@group(0) @binding(1) var<storage, read_write> scores: array<u32>;
@group(0) @binding(2) var<uniform> params: Params;
${bitsWgsl}
${elementWgsl(dtype, 'element', 'elements')}

fn mixed(value: u32) -> u32 {
  var x = (value ^ (value >> 16u)) * 0x7feb352du;
  x = (x ^ (x >> 15u)) * 0x846ca68bu;
  return x ^ (x >> 16u);
}

@compute @workgroup_size(${threads})
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.count) { return; }
  if (!isFinite(element(id.x))) {
    scores[id.x] = 0x7fc00000u;
    return;
  }
  let index = params.index + id.x;
  let second = select(params.second, params.secondAfterWrap, index < params.index);
  // 24 bits: exact as f32, and so is their product with a power of two.
  scores[id.x] = bitcast<u32>(f32(mixed(mixed(index ^ params.first) + second) >> 8u) * 0x1p-24f);
}
`,
);

/** @param index of the slab's first element in the tensor @returns f32 scores */
export function randomSlab(
  gpu: GpuDevice,
  dtype: GpuDtype,
  { seed, stream }: { readonly seed: number; readonly stream: number },
  bytes: Uint8Array,
  index: number,
): Promise<Uint8Array> {
  const count = elementsIn(dtype, bytes);
  const { first, second } = randomKeys(seed, stream, index);
  const after = randomKeys(seed, stream, index + 2 ** 32);
  return gpu.run((job) => {
    const scores = job.scratch(count * 4);
    const params = job.uniform(count, index % 2 ** 32, first, second, after.second);
    job.dispatch(randomWgsl(dtype), [job.upload(bytes), scores, params], workgroupsFor(count));
    job.read(scores, count * 4);
    return ([found]) => found!.slice();
  });
}
