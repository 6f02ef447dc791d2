/** Groups of elements: their norms, and groups that go whole. */
import { f32FromBits } from '../../tensors/half';
import type { Grouping, GroupNorms } from '../kernels';
import type { GpuDevice } from './device';
import { bitsWgsl, byDtype, elementWgsl, keptWgsl, threads, workgroupsFor } from './elements';
import { bitBytes, type ErasedSlab, erase, type Masked, uploadMasked, wordElements } from './erase';
import { wordsOf } from './job';
import { atomicSumWgsl, wideAt, wideWgsl } from './wide';

/** More groups than this cost more to read back, for every slab, than the weights cost to look at. */
const maxGroups = 0x10000;
/** So that places and indices of a slab stay within 32 bits. */
const maxStride = 2 ** 31;

/** Whether groups can be worked on here. */
export function canGroup({ axes, count }: Grouping): boolean {
  return count <= maxGroups && axes.every(({ stride, size }) => stride < maxStride && size < maxStride);
}

export function canNorm(grouping: Grouping, order: number): boolean {
  return canGroup(grouping) && (order === 1 || order === 2 || order === Number.POSITIVE_INFINITY);
}

/** An axis as WGSL has it: `first / stride` and its remainder stand for the place of the slab in the tensor. */
const groupWgsl = /* wgsl */ `
struct Axis { quotient: u32, remainder: u32, stride: u32, size: u32, block: u32, step: u32 }

fn groupOf(i: u32) -> u32 {
  var group = 0u;
  for (var a = 0u; a < params.axes; a++) {
    let axis = axes[a];
    let index = (axis.quotient + (axis.remainder + i) / axis.stride) % axis.size;
    group += index / axis.block * axis.step;
  }
  return group;
}
`;

function axisBytes({ axes, first = 0 }: Grouping): Uint8Array {
  const words = axes.flatMap(({ stride, size, block, step }) => [
    Math.floor(first / stride) % size,
    first % stride,
    stride,
    size,
    block,
    step,
  ]);
  return new Uint8Array(Uint32Array.from(words).buffer);
}

const markGroupsWgsl = byDtype(
  (dtype) => /* wgsl */ `
struct Params { count: u32, hasKept: u32, axes: u32 }
@group(0) @binding(0) var<storage, read> elements: array<u32>;
@group(0) @binding(1) var<storage, read> kept: array<u32>;
@group(0) @binding(2) var<storage, read> axes: array<Axis>;
@group(0) @binding(3) var<storage, read> gone: array<u32>;
@group(0) @binding(4) var<storage, read_write> goes: array<u32>;
@group(0) @binding(5) var<uniform> params: Params;
${bitsWgsl}
${groupWgsl}
${elementWgsl(dtype, 'element', 'elements')}
${keptWgsl}

@compute @workgroup_size(${threads})
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let start = id.x * ${wordElements}u;
  if (start >= params.count) { return; }
  var marked = 0u;
  for (var k = 0u; k < min(${wordElements}u, params.count - start); k++) {
    let i = start + k;
    let group = groupOf(i);
    let isGone = ((gone[group >> 2u] >> ((group & 3u) * 8u)) & 0xffu) == 1u;
    if (isGone && isFinite(element(i)) && wasKept(i)) { marked |= 1u << k; }
  }
  goes[id.x] = marked;
}
`,
);

/** @param grouping its `first` is the place of the slab's first element */
export function applyGroupsSlab(
  gpu: GpuDevice,
  masked: Masked,
  grouping: Grouping,
  gone: Uint8Array,
): Promise<ErasedSlab> {
  return gpu.run((job) => {
    const uploaded = uploadMasked(job, masked);
    const { count, elements, kept, hasKept } = uploaded;
    const goes = job.scratch(bitBytes(count));
    job.dispatch(
      markGroupsWgsl(masked.dtype),
      [
        elements,
        kept,
        job.upload(axisBytes(grouping)),
        job.upload(gone),
        goes,
        job.uniform(count, hasKept, grouping.axes.length),
      ],
      workgroupsFor(count, wordElements),
    );
    return erase(job, masked, uploaded, goes);
  });
}

/** Calls `take(group, bits)` for the elements that are in, then `flush()`; a thread's elements are neighbours. */
const eachInGroups = (take: string, flush: string) => /* wgsl */ `
@compute @workgroup_size(${threads})
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let start = id.x * ${wordElements}u;
  if (start >= params.count) { return; }
  for (var k = 0u; k < min(${wordElements}u, params.count - start); k++) {
    let i = start + k;
    if (!wasKept(i)) { continue; }
    let group = groupOf(i);
    if (group != current) {
      ${flush}
      current = group;
    }
    let bits = element(i);
    ${take}
  }
  ${flush}
}
`;

const normsHeadWgsl = byDtype(
  (dtype) => /* wgsl */ `
struct Params { count: u32, hasKept: u32, axes: u32, order: u32 }
@group(0) @binding(0) var<storage, read> elements: array<u32>;
@group(0) @binding(1) var<storage, read> kept: array<u32>;
@group(0) @binding(2) var<storage, read> axes: array<Axis>;
@group(0) @binding(3) var<uniform> params: Params;
${bitsWgsl}
${groupWgsl}
${elementWgsl(dtype, 'element', 'elements')}
${keptWgsl}
var<private> current = 0u;
`,
);

/** The largest magnitude of each group (infinity and NaN are larger than all others) and how many are in it. */
const greatestWgsl = byDtype(
  (dtype) => /* wgsl */ `
${normsHeadWgsl(dtype)}
@group(0) @binding(4) var<storage, read_write> greatest: array<atomic<u32>>;
@group(0) @binding(5) var<storage, read_write> counts: array<atomic<u32>>;
var<private> most = 0u;
var<private> times = 0u;

fn flush() {
  if (times == 0u) { return; }
  atomicMax(&greatest[current], most);
  atomicAdd(&counts[current], times);
  most = 0u;
  times = 0u;
}
${eachInGroups('most = max(most, bits & magnitudeBits); times += 1u;', 'flush();')}
`,
);

/** Sums of magnitudes or of squares, to the scale of the group's largest: 2^(exponent - 190), 2^(2 * exponent - 316). */
const sumsWgsl = byDtype(
  (dtype) => /* wgsl */ `
${normsHeadWgsl(dtype)}
${wideWgsl}
@group(0) @binding(4) var<storage, read> greatest: array<u32>;
@group(0) @binding(5) var<storage, read_write> sums: array<atomic<u32>>;
${atomicSumWgsl}
var<private> sum = vec3(0u);

fn flush() {
  addTo(current, sum);
  sum = vec3(0u);
}

fn termOf(bits: u32) -> vec2<u32> {
  let mantissa = mantissaOf(bits);
  let below = exponentOf(greatest[current]) - exponentOf(bits);
  if (params.order == 1u) { return shiftedRight64(vec2(0u, mantissa << 8u), below); }
  let squared = square(mantissa);
  return shiftedRight64(vec2(squared.x << 16u, (squared.y << 16u) | (squared.x >> 16u)), 2u * below);
}
${eachInGroups('if (greatest[current] < infinityBits) { sum = add96(sum, termOf(bits)); }', 'flush();')}
`,
);

/** @param grouping its `first` is the place of the slab's first element; see `canNorm` for what is possible */
export function normsSlab(
  gpu: GpuDevice,
  { dtype, bytes, kept: keptBytes }: Masked,
  grouping: Grouping,
  order: number,
): Promise<GroupNorms> {
  const groups = grouping.count;
  return gpu.run((job) => {
    const { count, elements, kept, hasKept } = uploadMasked(job, { dtype, bytes, kept: keptBytes });
    const greatest = job.zeros(groups * 4);
    const counts = job.zeros(groups * 4);
    const axes = job.upload(axisBytes(grouping));
    const params = job.uniform(count, hasKept, grouping.axes.length, order === 1 ? 1 : 2);
    const workgroups = workgroupsFor(count, wordElements);
    job.dispatch(greatestWgsl(dtype), [elements, kept, axes, params, greatest, counts], workgroups);
    job.read(greatest, groups * 4);
    job.read(counts, groups * 4);
    if (order !== Number.POSITIVE_INFINITY) {
      const sums = job.zeros(groups * 12);
      job.dispatch(sumsWgsl(dtype), [elements, kept, axes, params, greatest, sums], workgroups);
      job.read(sums, groups * 12);
    }
    return ([most, times, sums]) => {
      const found = wordsOf(most!);
      return {
        norms: Float64Array.from(found, (bits, group) => normOf(bits, group, order, sums && wordsOf(sums))),
        counts: wordsOf(times!).slice(),
      };
    };
  });
}

function normOf(greatest: number, group: number, order: number, sums: Uint32Array | undefined): number {
  if (greatest >= 0x7f800000) return Number.NaN;
  if (!sums) return f32FromBits(greatest);
  const exponent = Math.max(1, greatest >>> 23);
  const sum = wideAt(sums, group);
  return order === 1 ? sum * 2 ** (exponent - 190) : Math.sqrt(sum * 2 ** (2 * exponent - 316));
}
