/** Patterns: of every few neighbours the lowest go. One thread to a set of rivals. */
import { type PatternMask, stripOf, type ThresholdMask } from '../kernels';
import type { GpuDevice } from './device';
import { bitsWgsl, elementWgsl, type GpuDtype, keptWgsl, threads, workgroupsFor } from './elements';
import { bitBytes, type ErasedSlab, erase, type Masked, uploadMasked } from './erase';

/** Rivals of one thread. Wider patterns, up to whole rows, are left to the other backend. */
const maxRivals = 16;

export function canPattern({ m }: PatternMask): boolean {
  return m <= maxRivals;
}

const markWgsl = (dtype: GpuDtype, scoreDtype: GpuDtype) => /* wgsl */ `
struct Params {
  sets: u32, hasKept: u32, signed: u32,
  m: u32, keeps: u32, amount: u32,
  strip: u32, setsInStrip: u32, columns: u32, stride: u32, run: u32,
}
@group(0) @binding(0) var<storage, read> elements: array<u32>;
@group(0) @binding(1) var<storage, read> scores: array<u32>;
@group(0) @binding(2) var<storage, read> kept: array<u32>;
@group(0) @binding(3) var<storage, read_write> goes: array<atomic<u32>>;
@group(0) @binding(4) var<uniform> params: Params;
${bitsWgsl}
${elementWgsl(dtype, 'element', 'elements')}
${elementWgsl(scoreDtype, 'score', 'scores')}
${keptWgsl}

@compute @workgroup_size(${threads})
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.sets) { return; }
  let start = (id.x / params.setsInStrip) * params.strip;
  let setInStrip = id.x % params.setsInStrip;
  let firstIndex = setInStrip / params.columns * params.m;
  let column = setInStrip % params.columns;
  var places: array<u32, ${maxRivals}>;
  var keys: array<i32, ${maxRivals}>;
  var able = 0u;
  var left = 0u;
  for (var k = 0u; k < params.m; k++) {
    let index = firstIndex + k;
    let i = start + index / params.run * params.stride + column * params.run + index % params.run;
    places[k] = i;
    if (!wasKept(i)) { continue; }
    left += 1u;
    let bits = score(i);
    if (!isFinite(bits) || !isFinite(element(i))) { continue; }
    able |= 1u << k;
    keys[k] = keyOf(bits, params.signed);
  }
  var going = params.amount;
  if (params.keeps != 0u) { going = left - min(left, params.amount); }
  going = min(going, countOneBits(able));
  for (; going > 0u; going--) {
    var lowest = firstTrailingBit(able);
    for (var k = lowest + 1u; k < params.m; k++) {
      if (((able >> k) & 1u) != 0u && keys[k] < keys[lowest]) { lowest = k; }
    }
    able &= ~(1u << lowest);
    let i = places[lowest];
    atomicOr(&goes[i >> 5u], 1u << (i & 31u));
  }
}
`;

/** @param masked whole strips, see `stripOf`; see `canPattern` for what is possible */
export function applyPatternSlab(
  gpu: GpuDevice,
  masked: Masked,
  scores: { readonly dtype: GpuDtype; readonly bytes: Uint8Array },
  criterion: ThresholdMask['criterion'],
  mask: PatternMask,
): Promise<ErasedSlab> {
  const { amount, m, stride, run } = mask;
  const strip = stripOf(mask);
  const columns = stride / run;
  const setsInStrip = Math.floor((strip * run) / stride / m) * columns;
  return gpu.run((job) => {
    const uploaded = uploadMasked(job, masked);
    const { count, elements, kept, hasKept } = uploaded;
    const sets = (count / strip) * setsInStrip;
    const goes = job.zeros(bitBytes(count));
    const keeps = 'keep' in amount;
    const params = job.uniform(
      ...[sets, hasKept, criterion === 'signed' ? 1 : 0],
      ...[m, keeps ? 1 : 0, keeps ? amount.keep : amount.drop],
      ...[strip, setsInStrip, columns, stride, run],
    );
    const given = scores.bytes === masked.bytes ? elements : job.upload(scores.bytes);
    job.dispatch(markWgsl(masked.dtype, scores.dtype), [elements, given, kept, goes, params], workgroupsFor(sets));
    return erase(job, masked, uploaded, goes);
  });
}
