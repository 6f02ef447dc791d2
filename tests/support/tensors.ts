/** Tensors for kernel tests: every kind of pattern that one can hold, and its bytes. Runs in Node and in a browser. */
import fc from 'fast-check';
import { byteWidthOf, type PrunableDtype } from '../../src/tensors/dtype';
import { bf16Bits, bf16ToNumber, f16Bits, f16ToNumber } from '../../src/tensors/half';

export function bytesOf(dtype: PrunableDtype, values: readonly number[]): Uint8Array {
  const width = byteWidthOf(dtype);
  const view = new DataView(new ArrayBuffer(values.length * width));
  values.forEach((value, i) => {
    if (dtype === 'F64') view.setFloat64(i * width, value, true);
    else if (dtype === 'F32') view.setFloat32(i * width, value, true);
    else view.setUint16(i * width, dtype === 'F16' ? f16Bits(value) : bf16Bits(value), true);
  });
  return new Uint8Array(view.buffer);
}

export function valuesOf(dtype: PrunableDtype, bytes: Uint8Array): number[] {
  const width = byteWidthOf(dtype);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / width }, (_, i) => {
    if (dtype === 'F64') return view.getFloat64(i * width, true);
    if (dtype === 'F32') return view.getFloat32(i * width, true);
    const bits = view.getUint16(i * width, true);
    return dtype === 'F16' ? f16ToNumber(bits) : bf16ToNumber(bits);
  });
}

/** The same bytes, starting at an odd address. */
export function unaligned(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes.length + 1).subarray(1);
  copy.set(bytes);
  return copy;
}

/** One element: any bits (NaN payloads, subnormals, infinities), zeros, a few repeated values, plain weights. */
function element(dtype: PrunableDtype): fc.Arbitrary<Uint8Array> {
  const width = byteWidthOf(dtype);
  const values = (...numbers: number[]) => fc.constantFrom(...numbers.map((number) => bytesOf(dtype, [number])));
  const subnormal = { F64: 2 ** -1074, F32: 2 ** -149, BF16: 2 ** -133, F16: 2 ** -24 }[dtype];
  return fc.oneof(
    { weight: 2, arbitrary: fc.uint8Array({ minLength: width, maxLength: width }) },
    { weight: 3, arbitrary: values(0, -0, 0.5, -0.5, 0.75, subnormal, -subnormal) },
    { weight: 1, arbitrary: values(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN) },
    {
      weight: 4,
      arbitrary: fc.double({ min: -1, max: 1, noNaN: true }).map((value) => bytesOf(dtype, [value])),
    },
  );
}

/** A tensor of up to some hundred elements, at times without NaN and infinities. */
export function tensor(dtype: PrunableDtype): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(fc.array(element(dtype), { maxLength: 70 }), fc.integer({ min: 1, max: 5 }), fc.boolean())
    .map(([elements, times, onlyFinite]) => {
      const kept = onlyFinite ? elements.filter((one) => Number.isFinite(valuesOf(dtype, one)[0])) : elements;
      const repeated = Array.from({ length: times }, () => kept).flat();
      const bytes = new Uint8Array(repeated.length * byteWidthOf(dtype));
      repeated.forEach((one, i) => {
        bytes.set(one, i * one.length);
      });
      return bytes;
    });
}

/** A threshold that is, more often than not, the magnitude or value of an element. */
export function thresholdFor(dtype: PrunableDtype, bytes: Uint8Array): fc.Arbitrary<number> {
  const present = valuesOf(dtype, bytes).filter((value) => !Number.isNaN(value));
  const any = element(dtype)
    .map((one) => valuesOf(dtype, one)[0]!)
    .filter((value) => !Number.isNaN(value));
  if (present.length === 0) return any;
  return fc.oneof(
    fc.constantFrom(...present),
    fc.constantFrom(...present).map(Math.abs),
    any,
    fc.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0),
  );
}

export function partsOf(dtype: PrunableDtype, bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const width = byteWidthOf(dtype);
  const edges = [0, ...cuts.map((cut) => (cut * width) % (bytes.length + width)), bytes.length].sort((a, b) => a - b);
  return edges.slice(1).map((end, i) => bytes.subarray(edges[i]!, end));
}

/** The bytes of `count` elements: those of `bytes` over and over. */
export function repeatedTo(count: number, dtype: PrunableDtype, bytes: Uint8Array): Uint8Array {
  const filled = new Uint8Array(count * byteWidthOf(dtype));
  for (let at = 0; at < filled.length && bytes.length > 0; at += bytes.length) {
    filled.set(bytes.subarray(0, filled.length - at), at);
  }
  return filled;
}

/** Which of `count` elements are left: all, or most. */
export function keptOf(count: number): fc.Arbitrary<Uint8Array | undefined> {
  return fc.option(
    fc.array(fc.constantFrom(0, 1, 1), { minLength: count, maxLength: count }).map((kept) => Uint8Array.from(kept)),
    { nil: undefined },
  );
}

/** Reproducible plain weights. */
export function weights(count: number, seed = 1): number[] {
  let state = seed;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  return Array.from({ length: count }, () => (uniform() + uniform() + uniform()) * 0.1);
}
