/** Weights read the plain way, to hold the engine against: whole file in memory, one element at a time. */
import type { Checkpoint } from '../../../src/formats/format';
import { byteWidthOf, type PrunableDtype } from '../../../src/tensors/dtype';
import { numelOf, type TensorInfo } from '../../../src/tensors/tensor';

/** File offsets of a tensor's elements, in the order of its storage. */
export function elementOffsets(tensor: TensorInfo, { storages }: Pick<Checkpoint, 'storages'>): number[] {
  const width = byteWidthOf(tensor.dtype as PrunableDtype);
  let indices = [tensor.storageOffset];
  tensor.shape.forEach((size, axis) => {
    const steps = Array.from({ length: size }, (_, i) => i * tensor.strides[axis]!);
    indices = indices.flatMap((index) => steps.map((step) => index + step));
  });
  if (indices.length !== numelOf(tensor.shape)) throw new Error('elements went missing');
  return indices.sort((a, b) => a - b).map((index) => offsetInFile(storages[tensor.storage]!.segments, index * width));
}

function offsetInFile(segments: readonly { start: number; end: number }[], at: number): number {
  let before = 0;
  for (const { start, end } of segments) {
    if (at < before + end - start) return start + at - before;
    before += end - start;
  }
  throw new Error(`byte ${at} is beyond the storage`);
}

/** The number whose bytes stand at `offset`. */
export function valueAt(bytes: Uint8Array, offset: number, dtype: PrunableDtype, littleEndian: boolean): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (dtype === 'F64') return view.getFloat64(offset, littleEndian);
  if (dtype === 'F32') return view.getFloat32(offset, littleEndian);
  const bits = view.getUint16(offset, littleEndian);
  if (dtype === 'BF16') return new Float32Array(new Uint32Array([bits << 16]).buffer)[0]!;
  const exponent = (bits >> 10) & 31;
  const fraction = (bits & 1023) / 1024;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -14 : sign * (1 + fraction) * 2 ** (exponent - 15);
}
