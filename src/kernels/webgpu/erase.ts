/** The second half of every mask: elements whose bit is set in `goes` become +0, and are counted. */
import { byDtype, elementsIn, type GpuDtype, threads, workgroupsFor } from './elements';
import type { Job } from './job';

/** Elements to a word of bits, and to a thread: no two threads write the same word. */
export const wordElements = 32;

const eraseWgsl = byDtype((dtype) => {
  const half = dtype !== 'F32';
  return /* wgsl */ `
struct Params { count: u32, hasKept: u32 }
@group(0) @binding(0) var<storage, read_write> elements: array<u32>;
@group(0) @binding(1) var<storage, read> goes: array<u32>;
@group(0) @binding(2) var<storage, read_write> kept: array<u32>;
@group(0) @binding(3) var<storage, read_write> totals: array<atomic<u32>>;
@group(0) @binding(4) var<uniform> params: Params;

fn raw(i: u32) -> u32 { return ${half ? '(elements[i >> 1u] >> ((i & 1u) * 16u)) & 0xffffu' : 'elements[i]'}; }
fn clear(i: u32) { ${half ? 'elements[i >> 1u] &= 0xffff0000u >> ((i & 1u) * 16u)' : 'elements[i] = 0u'}; }

var<workgroup> pruned: atomic<u32>;
var<workgroup> zeros: atomic<u32>;
var<workgroup> changed: atomic<u32>;

@compute @workgroup_size(${threads})
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let start = id.x * ${wordElements}u;
  if (start < params.count) {
    let gone = goes[id.x];
    var zerosHere = 0u;
    var changedHere = 0u;
    for (var k = 0u; k < min(${wordElements}u, params.count - start); k++) {
      let i = start + k;
      let bits = raw(i);
      if (((gone >> k) & 1u) != 0u) {
        zerosHere += 1u;
        changedHere |= bits;
        if (bits != 0u) { clear(i); }
        if (params.hasKept != 0u) { kept[i >> 2u] &= ~(0xffu << ((i & 3u) * 8u)); }
      } else if ((bits & ${half ? '0x7fffu' : '0x7fffffffu'}) == 0u) {
        zerosHere += 1u;
      }
    }
    atomicAdd(&pruned, countOneBits(gone));
    atomicAdd(&zeros, zerosHere);
    atomicOr(&changed, changedHere);
  }
  workgroupBarrier();
  if (thread == 0u) {
    atomicAdd(&totals[0], atomicLoad(&pruned));
    atomicAdd(&totals[1], atomicLoad(&zeros));
    atomicOr(&totals[2], atomicLoad(&changed));
  }
}
`;
});

export interface ErasedSlab {
  readonly changed: boolean;
  readonly pruned: number;
  readonly zeros: number;
}

/** What a mask works on: the elements and, where there were masks before, a byte each that says what they left. */
export interface Masked {
  readonly dtype: GpuDtype;
  readonly bytes: Uint8Array;
  readonly kept: Uint8Array | undefined;
}

/** `Masked` on the device. */
export interface UploadedMasked {
  readonly count: number;
  readonly elements: GPUBuffer;
  readonly kept: GPUBuffer;
  readonly hasKept: number;
}

export function uploadMasked(job: Job, { dtype, bytes, kept }: Masked): UploadedMasked {
  return {
    count: elementsIn(dtype, bytes),
    elements: job.upload(bytes),
    kept: kept ? job.upload(kept) : job.scratch(4),
    hasKept: kept ? 1 : 0,
  };
}

/** Bytes of a bit for each of `count` elements. */
export function bitBytes(count: number): number {
  return Math.ceil(count / wordElements) * 4;
}

/** Asks the job for three readings. @returns what puts them into `masked` */
export function erase(
  job: Job,
  masked: Masked,
  { count, elements, kept, hasKept }: UploadedMasked,
  goes: GPUBuffer,
): (outputs: readonly Uint8Array[]) => ErasedSlab {
  const totals = job.zeros(12);
  job.dispatch(
    eraseWgsl(masked.dtype),
    [elements, goes, kept, totals, job.uniform(count, hasKept)],
    workgroupsFor(count, wordElements),
  );
  job.read(totals, 12);
  job.read(elements, masked.bytes.length);
  if (masked.kept) job.read(kept, masked.kept.length);
  return ([counted, left, stillKept]) => {
    const [pruned, zeros, changedBits] = new Uint32Array(counted!.buffer, counted!.byteOffset, 3);
    const changed = changedBits !== 0;
    if (changed) masked.bytes.set(left!);
    if (stillKept) masked.kept?.set(stillKept);
    return { changed, pruned: pruned!, zeros: zeros! };
  };
}
