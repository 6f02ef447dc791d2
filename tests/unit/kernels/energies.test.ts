import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOfNumbers } from '../../../src/kernels/wasm/numbers';
import { binOf } from '../../../src/tensors/bins';
import { prunableDtypes } from '../../../src/tensors/dtype';
import { bf16Bits, f16Bits } from '../../../src/tensors/half';
import { accumulate, backends, bytesOf, tensor, weights } from './support';

describe('sums of squares by bin', () => {
  it.each(prunableDtypes)('of %s are the same with WASM as with the reference', (dtype) => {
    fc.assert(
      fc.property(tensor(dtype), fc.array(fc.nat(400), { maxLength: 3 }), (bytes, cuts) => {
        const [expected, actual] = backends.map((kernels) =>
          accumulate(kernels.binEnergies(dtype), dtype, bytes, cuts),
        );
        // The reference also has bins of zeros alone, at its ends.
        const filled = ({ firstBin, energies }: NonNullable<typeof expected>) =>
          [...energies].flatMap((energy, i) => (energy === 0 ? [] : [[firstBin + i, energy]]));
        expect(filled(actual!)).toEqual(filled(expected!));
      }),
    );
  });

  it('add up to the square of the norm', () => {
    const values = weights(50_000);
    const { firstBin, energies } = accumulate(backends[1]!.binEnergies('F64'), 'F64', bytesOf('F64', values));
    const sum = (numbers: Iterable<number>) => [...numbers].reduce((total, each) => total + each, 0);
    expect(sum(energies)).toBeCloseTo(sum(values.map((value) => value * value)), 9);
    const bin = firstBin + 300;
    const inBin = values.filter((value) => binOf('F64', Math.abs(value)) === bin);
    expect(energies[300]).toBeCloseTo(sum(inBin.map((value) => value * value)), 12);
  });
});

describe('numbers made into half floats', () => {
  it('are rounded as the conversions of single values round them', () => {
    const any = fc.oneof(
      fc.float(),
      fc.float({ min: Math.fround(-1e-4), max: Math.fround(1e-4) }),
      fc.float({ min: -65_536, max: 65_536 }),
      // Halfway between two of them.
      fc.tuple(fc.integer({ min: 0, max: 0x7bff }), fc.constantFrom(-1, 0, 1)).map(([bits, nudge]) => {
        const exponent = Math.max(bits >> 10, 1) - 25;
        const value = ((bits >> 10 === 0 ? 0 : 1024) + (bits & 0x3ff) + 0.5) * 2 ** exponent;
        return Math.fround(value + nudge * 2 ** (exponent - 12));
      }),
    );
    fc.assert(
      fc.property(fc.array(any, { minLength: 1, maxLength: 50 }), (numbers) => {
        for (const [dtype, bitsOf] of [
          ['F16', f16Bits],
          ['BF16', bf16Bits],
        ] as const) {
          const halves = new Uint16Array(bytesOfNumbers(dtype, Float32Array.from(numbers)).slice().buffer);
          numbers.forEach((value, i) => {
            if (!Number.isNaN(value)) expect(halves[i], `${value}`).toBe(bitsOf(value));
          });
        }
      }),
      { numRuns: 2000 },
    );
  });
});
