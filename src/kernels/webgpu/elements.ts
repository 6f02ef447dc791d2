/**
 * Elements in WGSL: every dtype is widened to the bits of its value as f32, in integers. Nothing that decides about an
 * element or counts it is done in floating point, which GPUs may flush to zero or contract as they like.
 */
import { byteWidthOf, type PrunableDtype } from '../../tensors/dtype';

/** WGSL has no 64-bit type at all: f64 is left to the other backend. */
export type GpuDtype = Exclude<PrunableDtype, 'F64'>;

export function isGpuDtype(dtype: PrunableDtype): dtype is GpuDtype {
  return dtype !== 'F64';
}

export function elementsIn(dtype: GpuDtype, bytes: Uint8Array): number {
  return bytes.length / byteWidthOf(dtype);
}

/** Threads in a workgroup, everywhere. */
export const threads = 256;

/** Workgroups for so many `items`, of which a thread takes `each`. */
export function workgroupsFor(items: number, each = 1): number {
  return Math.max(1, Math.ceil(items / (threads * each)));
}

/** One text for each dtype, made once: pipelines are found by their text. */
export function byDtype(make: (dtype: GpuDtype) => string): (dtype: GpuDtype) => string {
  const made = new Map<GpuDtype, string>();
  return (dtype) => {
    const code = made.get(dtype) ?? make(dtype);
    made.set(dtype, code);
    return code;
  };
}

/** `fn <name>(i: u32) -> u32`: the f32 bits of element `i` of the storage array of words `<buffer>`. */
export function elementWgsl(dtype: GpuDtype, name: string, buffer: string): string {
  const half = `(${buffer}[i >> 1u] >> ((i & 1u) * 16u))`;
  const value = { F32: `${buffer}[i]`, BF16: `${half} << 16u`, F16: `widened(${half} & 0xffffu)` }[dtype];
  return /* wgsl */ `fn ${name}(i: u32) -> u32 { return ${value}; }`;
}

/** What is common to all kernels that look at elements. */
export const bitsWgsl = /* wgsl */ `
const magnitudeBits = 0x7fffffffu;
const infinityBits = 0x7f800000u;

fn isFinite(bits: u32) -> bool { return (bits & magnitudeBits) < infinityBits; }

/** f32 bits of an f16. */
fn widened(half: u32) -> u32 {
  let sign = (half & 0x8000u) << 16u;
  let magnitude = half & 0x7fffu;
  if (magnitude >= 0x7c00u) { return sign | infinityBits | ((magnitude & 0x3ffu) << 13u); }
  if (magnitude >= 0x400u) { return sign | ((magnitude << 13u) + 0x38000000u); }
  if (magnitude == 0u) { return sign; }
  // Subnormal: the fraction times 2^-24, an ordinary f32.
  return sign | (bitcast<u32>(f32(magnitude)) - (24u << 23u));
}

/** Orders finite values as integers: by magnitude, or with their sign. Zeros of both signs are equal. */
fn keyOf(bits: u32, signed: u32) -> i32 {
  let magnitude = i32(bits & magnitudeBits);
  return select(magnitude, -magnitude, signed != 0u && (bits >> 31u) != 0u);
}
`;

/** `fn wasKept(i: u32) -> bool` over a storage array `kept` of bytes, when `params.hasKept` says that there is one. */
export const keptWgsl = /* wgsl */ `
fn wasKept(i: u32) -> bool {
  if (params.hasKept == 0u) { return true; }
  return ((kept[i >> 2u] >> ((i & 3u) * 8u)) & 0xffu) != 0u;
}
`;
