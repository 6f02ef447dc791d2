import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bf16Bits,
  bf16ToNumber,
  f16Bits,
  f16ToNumber,
  f32Bits,
  f32FromBits,
  roundToDtype,
} from '../../../src/tensors/half';

const formats = [
  { name: 'f16', toBits: f16Bits, toNumber: f16ToNumber, fractionBits: 10, infinity: 0x7c00 },
  { name: 'bf16', toBits: bf16Bits, toNumber: bf16ToNumber, fractionBits: 7, infinity: 0x7f80 },
] as const;
type Format = (typeof formats)[number];

/** The value of a finite pattern by the definition of IEEE 754, without a shared table or shift. */
function definedValue({ fractionBits, infinity }: Format, bits: number): number {
  const magnitude = bits & 0x7fff;
  const exponent = Math.floor(magnitude / 2 ** fractionBits);
  const fraction = (magnitude % 2 ** fractionBits) / 2 ** fractionBits;
  const bias = (infinity / 2 ** fractionBits - 1) / 2;
  const value = exponent === 0 ? fraction * 2 ** (1 - bias) : (1 + fraction) * 2 ** (exponent - bias);
  return bits > 0x7fff ? -value : value;
}

/** `value` as an exact integer number of units of 2^-1074, the smallest double. */
function exact(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0) & 0x7fff_ffff_ffff_ffffn;
  const exponent = bits >> 52n;
  const fraction = bits & 0xf_ffff_ffff_ffffn;
  return exponent === 0n ? fraction : (fraction | (1n << 52n)) << (exponent - 1n);
}

/** The nearest pattern by exact arithmetic over all neighbours, found by bisection; ties to even, overflow past half a unit. */
function nearestBits(format: Format, value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const wanted = exact(value);
  // As if the exponent range went on: the value that infinity's pattern would have.
  const at = (bits: number) => exact(definedValue(format, bits));
  let low = 0;
  let high: number = format.infinity;
  if (wanted >= at(high)) return sign | high;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (at(middle) <= wanted) low = middle;
    else high = middle;
  }
  const above = 2n * wanted - at(low) - at(high);
  return sign | (above > 0n || (above === 0n && low % 2 === 1) ? high : low);
}

describe.each(formats)('$name', (format) => {
  const { toBits, toNumber, infinity } = format;

  it('reads all 65,536 patterns as IEEE 754 defines them, and writes them back', () => {
    for (let bits = 0; bits < 0x10000; bits++) {
      const magnitude = bits & 0x7fff;
      const value = toNumber(bits);
      if (magnitude > infinity) {
        expect(value).toBeNaN();
        continue;
      }
      const defined = magnitude === infinity ? Number.POSITIVE_INFINITY : definedValue(format, magnitude);
      const signed = bits > 0x7fff ? -defined : defined;
      if (!Object.is(value, signed)) expect.fail(`${bits.toString(16)}: ${value}, not ${signed}`);
      if (toBits(value) !== bits)
        expect.fail(`${value} became ${toBits(value).toString(16)}, not ${bits.toString(16)}`);
    }
  });

  it('rounds halfway values to even and their neighbours to the nearest, at every step', () => {
    for (let bits = 0; bits < infinity; bits++) {
      const low = definedValue(format, bits);
      const middle = low + (definedValue(format, bits + 1) - low) / 2;
      const even = bits % 2 === 0 ? bits : bits + 1;
      if (toBits(middle) !== even) expect.fail(`halfway above ${bits.toString(16)}`);
      if (toBits(middle * (1 - 2 ** -52)) !== bits) expect.fail(`just below halfway above ${bits.toString(16)}`);
      if (toBits(middle * (1 + 2 ** -52)) !== bits + 1) expect.fail(`just above halfway above ${bits.toString(16)}`);
      if (toBits(-middle) !== (even | 0x8000)) expect.fail(`halfway below -${bits.toString(16)}`);
    }
  });

  it('rounds any double as exact arithmetic does', () => {
    const doubles = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.double({ noNaN: true, noDefaultInfinity: true, min: -70_000, max: 70_000 }),
      fc.double({ noNaN: true, min: -1, max: 1 }).map((value) => value * 2 ** -14),
      fc.double({ noNaN: true, min: -1, max: 1 }).map((value) => value * 2 ** -126),
    );
    fc.assert(
      fc.property(doubles, (value) => toBits(value) === nearestBits(format, value)),
      { numRuns: 5_000 },
    );
  });

  it('keeps infinities, and NaN as NaN', () => {
    expect(toBits(Number.POSITIVE_INFINITY)).toBe(infinity);
    expect(toBits(Number.NEGATIVE_INFINITY)).toBe(infinity | 0x8000);
    expect(toNumber(toBits(Number.NaN))).toBeNaN();
    expect(toBits(Number.MAX_VALUE)).toBe(infinity);
    expect(toBits(-Number.MIN_VALUE)).toBe(0x8000);
  });
});

it('knows the values that everybody knows', () => {
  expect(f16Bits(1)).toBe(0x3c00);
  expect(f16Bits(65504)).toBe(0x7bff);
  expect(f16Bits(65519.99)).toBe(0x7bff);
  expect(f16Bits(65520)).toBe(0x7c00);
  expect(f16Bits(2 ** -24)).toBe(0x0001);
  expect(f16Bits(0.1)).toBe(0x2e66);
  expect(bf16Bits(1)).toBe(0x3f80);
  expect(bf16Bits(0.1)).toBe(0x3dcd);
  // By way of f32 this would be rounded twice, to 1.
  expect(bf16Bits(1 + 2 ** -8 + 2 ** -40)).toBe(0x3f81);
});

it('reads and writes f32 bits as a DataView does', () => {
  const view = new DataView(new ArrayBuffer(4));
  fc.assert(
    fc.property(fc.double({ noNaN: true }), (value) => {
      view.setFloat32(0, value);
      expect(f32Bits(value)).toBe(view.getUint32(0));
      expect(f32FromBits(view.getUint32(0))).toBe(view.getFloat32(0));
    }),
  );
});

it('rounds a threshold to the dtype that PyTorch compares in', () => {
  expect(roundToDtype(0.1, 'F64')).toBe(0.1);
  expect(roundToDtype(0.1, 'F32')).toBe(Math.fround(0.1));
  expect(roundToDtype(0.1, 'F16')).toBe(0.0999755859375);
  expect(roundToDtype(0.1, 'BF16')).toBe(0.10009765625);
});

it('rounds a threshold twice where PyTorch does: to f32, then to the half float', () => {
  expect(roundToDtype(1 + 2 ** -11 + 2 ** -40, 'F16')).toBe(1);
  expect(roundToDtype(1 + 3 * 2 ** -11 - 2 ** -40, 'F16')).toBe(1 + 2 ** -9);
  expect(roundToDtype(1 + 2 ** -8 + 2 ** -40, 'BF16')).toBe(1);
});
