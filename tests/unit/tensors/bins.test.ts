import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binCountOf, binHigh, binLow, binOf } from '../../../src/tensors/bins';
import { type PrunableDtype, prunableDtypes } from '../../../src/tensors/dtype';
import { bf16ToNumber, f16ToNumber, f32Bits, f32FromBits } from '../../../src/tensors/half';

const largest: Record<PrunableDtype, number> = {
  F64: Number.MAX_VALUE,
  F32: f32FromBits(0x7f7fffff),
  F16: 65504,
  BF16: bf16ToNumber(0x7f7f),
};

/** The value of `dtype` just above a magnitude. */
function next(dtype: PrunableDtype, magnitude: number): number {
  switch (dtype) {
    case 'F64': {
      const view = new DataView(new ArrayBuffer(8));
      view.setFloat64(0, magnitude);
      view.setBigUint64(0, view.getBigUint64(0) + 1n);
      return view.getFloat64(0);
    }
    case 'F32':
      return f32FromBits(f32Bits(magnitude) + 1);
    case 'F16':
      return f16ToNumber(binOf('F16', magnitude) + 1);
    case 'BF16':
      return bf16ToNumber(binOf('BF16', magnitude) + 1);
  }
}

describe.each(prunableDtypes)('the bins of %s', (dtype) => {
  const count = binCountOf(dtype);

  it('meet without gap or overlap: every low and high lies in its bin, the next value in the next bin', () => {
    for (let bin = 0; bin < count; bin++) {
      const low = binLow(dtype, bin);
      const high = binHigh(dtype, bin);
      if (!(low <= high)) expect.fail(`bin ${bin} is upside down`);
      if (binOf(dtype, low) !== bin) expect.fail(`bin ${bin} begins in bin ${binOf(dtype, low)}`);
      if (binOf(dtype, high) !== bin) expect.fail(`bin ${bin} ends in bin ${binOf(dtype, high)}`);
      if (bin + 1 < count && next(dtype, high) !== binLow(dtype, bin + 1)) expect.fail(`a gap above bin ${bin}`);
    }
  });

  it('run from zero to the largest finite value', () => {
    expect(binLow(dtype, 0)).toBe(0);
    expect(binHigh(dtype, count - 1)).toBe(largest[dtype]);
  });

  it('keep the order of magnitudes', () => {
    const magnitude = fc.oneof(
      fc.double({ min: 0, max: largest[dtype], noNaN: true }),
      fc.nat(count - 1).map((bin) => binLow(dtype, bin)),
      fc.nat(count - 1).map((bin) => binHigh(dtype, bin)),
    );
    fc.assert(
      fc.property(magnitude, magnitude, (a, b) => {
        const [less, more] = a <= b ? [a, b] : [b, a];
        expect(binOf(dtype, less)).toBeLessThanOrEqual(binOf(dtype, more));
      }),
      { numRuns: 1_000 },
    );
  });
});

it('a double halfway between two bins belongs to the upper one, and what overflows f32 to the last', () => {
  const halfway = 1 - 2 ** -25;
  expect(binOf('F64', halfway)).toBe(binOf('F64', 1));
  expect(binLow('F64', binOf('F64', 1))).toBe(halfway);
  expect(binOf('F64', halfway - 2 ** -53)).toBe(binOf('F64', 1) - 1);
  expect(binOf('F64', 2 ** -1074)).toBe(0);
  expect(binLow('F64', 0x7f80)).toBe(2 ** 128 - 2 ** 103);
  expect(binOf('F64', Number.MAX_VALUE)).toBe(binCountOf('F64') - 1);
});
