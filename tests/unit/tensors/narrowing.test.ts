/** f16 and bf16 as PyTorch makes them (golden/lean.py), and what is said to be lost. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bf16Bits, bf16ToNumber, f16Bits, f16ToNumber } from '../../../src/tensors/half';
import { type NarrowDtype, narrowed, noLoss, overflowsFrom, relativeError } from '../../../src/tensors/narrowing';

const golden = JSON.parse(readFileSync(join(import.meta.dirname, '../../golden/files/lean/narrowing.json'), 'utf8'));
const dtypes: readonly NarrowDtype[] = ['F16', 'BF16'];

function words(bytes: Uint8Array, isLittle: boolean): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return Array.from({ length: bytes.length / 2 }, (_, i) => view.getUint16(i * 2, isLittle));
}

describe.each([true, false])('numbers beside every border, little-endian %s', (isLittle) => {
  it.each(dtypes)('become what PyTorch makes of f32 as %s', (dtype) => {
    const { bits } = golden.F32;
    const given = new DataView(new ArrayBuffer(bits.length * 4));
    bits.forEach((each: number, i: number) => {
      given.setInt32(i * 4, each, isLittle);
    });
    const made = narrowed(new Uint8Array(given.buffer), 'F32', dtype, isLittle, noLoss());
    expect(words(made, isLittle)).toEqual(golden.F32[dtype]);
  });

  it.each(dtypes)('become what PyTorch makes of f64 as %s', (dtype) => {
    const { bits } = golden.F64;
    const given = new DataView(new ArrayBuffer(bits.length * 8));
    bits.forEach((each: string, i: number) => {
      given.setBigInt64(i * 8, BigInt(each), isLittle);
    });
    const made = narrowed(new Uint8Array(given.buffer), 'F64', dtype, isLittle, noLoss());
    expect(words(made, isLittle)).toEqual(golden.F64[dtype]);
  });
});

it('rounds any f32 to the nearest, ties to even', () => {
  fc.assert(
    fc.property(fc.float(), fc.constantFrom(...dtypes), (value, dtype) => {
      const bytes = new Uint8Array(Float32Array.of(value).buffer);
      const [bits] = words(narrowed(bytes, 'F32', dtype, true, noLoss()), true);
      const [round, real] = dtype === 'F16' ? [f16Bits, f16ToNumber] : [bf16Bits, bf16ToNumber];
      if (Number.isNaN(value)) expect(real(bits!)).toBeNaN();
      else expect(bits).toBe(round(value));
    }),
    { numRuns: 5000 },
  );
});

it('counts what becomes infinite or zero, and how far the rest is off', () => {
  const values = Float32Array.of(1 + 2 ** -12, 70000, -1e-9, Number.NaN, Number.POSITIVE_INFINITY, 3);
  const loss = noLoss();
  narrowed(new Uint8Array(values.buffer), 'F32', 'F16', true, loss);
  expect(loss).toMatchObject({ elements: 6, overflowed: 1, vanished: 1 });
  expect(relativeError(loss)).toBeCloseTo(2 ** -12 / Math.sqrt(10), 8);
});

it.each(dtypes)('knows from where on numbers become infinite in %s', (dtype) => {
  const from = overflowsFrom[dtype];
  const below = dtype === 'F16' ? 65519.99609375 : 3.3895313892515355e38;
  const loss = noLoss();
  narrowed(new Uint8Array(Float32Array.of(from, below).buffer), 'F32', dtype, true, loss);
  expect(loss.overflowed).toBe(1);
});
