/** Weights read the plain way, to hold the engine against: whole file in memory, one element at a time. */
import type { Checkpoint } from '../../../src/formats/format';
import { bitsOf, type PrunableDtype } from '../../../src/tensors/dtype';
import { numelOf, type TensorInfo } from '../../../src/tensors/tensor';
import type { VarintElements } from '../../../src/tensors/varintElements';

/** File offsets of a tensor's elements, in the order of its storage. */
export function elementOffsets(tensor: TensorInfo, { storages }: Pick<Checkpoint, 'storages'>): number[] {
  const width = bitsOf(tensor.dtype) / 8;
  let indices = [tensor.storageOffset];
  tensor.shape.forEach((size, axis) => {
    const steps = Array.from({ length: size }, (_, i) => i * tensor.strides[axis]!);
    indices = indices.flatMap((index) => steps.map((step) => index + step));
  });
  if (indices.length !== numelOf(tensor.shape)) throw new Error('elements went missing');
  return indices.sort((a, b) => a - b).map((index) => offsetInFile(storages[tensor.storage]!.segments, index * width));
}

/** Where varints are in the file, one by one. */
export function varintPlaces(file: Uint8Array, { segments }: VarintElements): { offset: number; length: number }[] {
  return segments.flatMap(({ start, end }) => {
    const ends = Array.from({ length: end - start }, (_, i) => start + i).filter((at) => file[at]! < 0x80);
    return ends.map((last, i) => {
      const offset = i === 0 ? start : ends[i - 1]! + 1;
      return { offset, length: last + 1 - offset };
    });
  });
}

/** The two bytes of a half that stands as a varint. */
export function halfOfVarint(file: Uint8Array, { offset, length }: { offset: number; length: number }): Uint8Array {
  const bits = [...file.subarray(offset, offset + length)].reduceRight((sum, byte) => sum * 128 + (byte & 0x7f), 0);
  return Uint8Array.of(bits % 256, Math.floor(bits / 256));
}

/** Zero in as many bytes. */
export function zeroVarint(length: number): Uint8Array {
  return new Uint8Array(length).fill(0x80, 0, length - 1);
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
