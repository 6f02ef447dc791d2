import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binOf } from '../../../src/tensors/bins';
import { prunableDtypes } from '../../../src/tensors/dtype';
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
