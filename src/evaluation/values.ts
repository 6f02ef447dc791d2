/** Tensors with their values, as they go into and come out of a session. */
import { at } from '../lib/known';
import { bitsOf, type Dtype } from '../tensors/dtype';
import { bf16Bits, bf16ToNumber, f16Bits, f16ToNumber } from '../tensors/half';
import { numelOf } from '../tensors/tensor';

export interface Values {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Elements row by row, little-endian. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** By the name of a graph's input or output. */
export type NamedValues = ReadonlyMap<string, Values>;

type Reader = (view: DataView, at: number) => number;
type Writer = (view: DataView, at: number, value: number) => void;

const codecs: Partial<Record<Dtype, { read: Reader; write: Writer }>> = {
  F64: { read: (view, at) => view.getFloat64(at, true), write: (view, at, value) => view.setFloat64(at, value, true) },
  F32: { read: (view, at) => view.getFloat32(at, true), write: (view, at, value) => view.setFloat32(at, value, true) },
  F16: {
    read: (view, at) => f16ToNumber(view.getUint16(at, true)),
    write: (view, at, value) => view.setUint16(at, f16Bits(value), true),
  },
  BF16: {
    read: (view, at) => bf16ToNumber(view.getUint16(at, true)),
    write: (view, at, value) => view.setUint16(at, bf16Bits(value), true),
  },
  I64: {
    read: (view, at) => Number(view.getBigInt64(at, true)),
    write: (view, at, value) => view.setBigInt64(at, BigInt(value), true),
  },
  U64: {
    read: (view, at) => Number(view.getBigUint64(at, true)),
    write: (view, at, value) => view.setBigUint64(at, BigInt(value), true),
  },
  I32: { read: (view, at) => view.getInt32(at, true), write: (view, at, value) => view.setInt32(at, value, true) },
  U32: { read: (view, at) => view.getUint32(at, true), write: (view, at, value) => view.setUint32(at, value, true) },
  I16: { read: (view, at) => view.getInt16(at, true), write: (view, at, value) => view.setInt16(at, value, true) },
  U16: { read: (view, at) => view.getUint16(at, true), write: (view, at, value) => view.setUint16(at, value, true) },
  I8: { read: (view, at) => view.getInt8(at), write: (view, at, value) => view.setInt8(at, value) },
  U8: { read: (view, at) => view.getUint8(at), write: (view, at, value) => view.setUint8(at, value) },
  BOOL: { read: (view, at) => view.getUint8(at), write: (view, at, value) => view.setUint8(at, value === 0 ? 0 : 1) },
};

/** Whether values of this dtype can be read as numbers. */
export function isNumeric(dtype: Dtype): boolean {
  return codecs[dtype] !== undefined;
}

export function widthOf(dtype: Dtype): number {
  return bitsOf(dtype) / 8;
}

/** The numbers, rounded to f32. For f32 a view of the same bytes where their place allows. */
export function toFloats({ dtype, bytes }: Values): Float32Array {
  const width = widthOf(dtype);
  const numel = bytes.length / width;
  if (dtype === 'F32' && bytes.byteOffset % 4 === 0) return new Float32Array(bytes.buffer, bytes.byteOffset, numel);
  const { read } = codecs[dtype]!;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: numel }, (_, i) => read(view, i * width));
}

/** The numbers as integers: labels and token ids. */
export function toIntegers({ dtype, bytes }: Values): Int32Array {
  const width = widthOf(dtype);
  const { read } = codecs[dtype]!;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Int32Array.from({ length: bytes.length / width }, (_, i) => read(view, i * width));
}

/** @param numbers in range for `dtype`, whole where it is an integer type */
export function fromNumbers(dtype: Dtype, shape: readonly number[], numbers: ArrayLike<number>): Values {
  const width = widthOf(dtype);
  if (dtype === 'F32' && numbers instanceof Float32Array && numbers.buffer instanceof ArrayBuffer) {
    return { dtype, shape, bytes: new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength) };
  }
  const { write } = codecs[dtype]!;
  const bytes = new Uint8Array(numelOf(shape) * width);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i * width < bytes.length; i++) write(view, i * width, numbers[i]!);
  return { dtype, shape, bytes };
}

/** The same numbers in another dtype. */
export function converted(values: Values, dtype: Dtype): Values {
  if (values.dtype === dtype) return values;
  const width = widthOf(values.dtype);
  const { read } = codecs[values.dtype]!;
  const view = new DataView(values.bytes.buffer, values.bytes.byteOffset, values.bytes.byteLength);
  const numbers = Float64Array.from({ length: values.bytes.length / width }, (_, i) => read(view, i * width));
  return fromNumbers(dtype, values.shape, numbers);
}

/** Rows `[start, start + count)` of the first axis; beyond the last row it starts over. */
export function rowsOf(values: Values, start: number, count: number): Values {
  const [rows = 1, ...rest] = values.shape;
  const rowBytes = values.bytes.length / rows;
  const shape = [count, ...rest];
  if (start + count <= rows) {
    return { ...values, shape, bytes: values.bytes.subarray(start * rowBytes, (start + count) * rowBytes) };
  }
  const bytes = new Uint8Array(count * rowBytes);
  for (let i = 0; i < count; i++) {
    const row = (start + i) % rows;
    bytes.set(values.bytes.subarray(row * rowBytes, (row + 1) * rowBytes), i * rowBytes);
  }
  return { ...values, shape, bytes };
}

/** One behind the other along the first axis. @param parts at least one, alike but for their first axes */
export function joinedRows(parts: readonly Values[]): Values {
  const { dtype, shape } = at(parts, 0);
  const rows = parts.reduce((sum, part) => sum + at(part.shape, 0), 0);
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.bytes.length, 0));
  let end = 0;
  for (const part of parts) {
    bytes.set(part.bytes, end);
    end += part.bytes.length;
  }
  return { dtype, shape: [rows, ...shape.slice(1)], bytes };
}

/** A matrix of so many rows, row by row, with its axes swapped. */
export function axesSwapped<Numbers extends Float32Array | Float64Array>(matrix: Numbers, rows: number): Numbers {
  const turned = matrix.slice();
  const columns = matrix.length / rows;
  for (let row = 0, i = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, i++) turned[column * rows + row] = matrix[i] ?? 0;
  }
  return turned as Numbers;
}
