import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeEnergies, mergeNorms, mergeRefined, mergeStatistics } from '../../../src/kernels/merge';
import { binOf } from '../../../src/tensors/bins';
import { byteWidthOf, prunableDtypes } from '../../../src/tensors/dtype';
import type { TensorStatistics } from '../../../src/tensors/statistics';
import { expectClose, expectSame } from '../../support/expectSame';
import { accumulate, backends, bytesOf, tensor, valuesOf, weights } from './support';

const [kernels] = backends as [(typeof backends)[0]];

const halved = fc
  .constantFrom(...prunableDtypes)
  .chain((dtype) => fc.record({ dtype: fc.constant(dtype), bytes: tensor(dtype), cut: fc.nat(400) }))
  .map(({ dtype, bytes, cut }) => {
    const at = (cut * byteWidthOf(dtype)) % (bytes.length + byteWidthOf(dtype));
    return { dtype, bytes, halves: [bytes.subarray(0, at), bytes.subarray(at)] as const };
  });

function expectSameStatistics(actual: TensorStatistics, expected: TensorStatistics): void {
  const size = Math.max(Math.abs(expected.min), Math.abs(expected.max));
  const { mean, std, ...exact } = actual;
  const { mean: expectedMean, std: expectedStd, ...expectedExact } = expected;
  expectSame(exact, expectedExact, 'statistics');
  // Squares of doubles beyond these overflow or underflow.
  if (size > 1e150 || size < 1e-150) return;
  expectClose(mean, expectedMean, 1e-13 * size, 'mean');
  expectClose(std, expectedStd, 1e-11 * expectedStd + 1e-14 * size, 'std');
}

describe('two parts of a tensor', () => {
  it('have the statistics, values of a bin and squares of the whole', () => {
    fc.assert(
      fc.property(halved, fc.nat(), ({ dtype, bytes, halves }, pick) => {
        const statistics = (part: Uint8Array) => accumulate(kernels.measure(dtype), dtype, part);
        expectSameStatistics(mergeStatistics(statistics(halves[0]), statistics(halves[1])), statistics(bytes));

        const finite = valuesOf(dtype, bytes).filter(Number.isFinite);
        const bin = finite.length === 0 ? 0 : binOf(dtype, Math.abs(finite[pick % finite.length]!));
        const refined = (part: Uint8Array) => accumulate(kernels.refineBin(dtype, bin), dtype, part);
        expectSame(mergeRefined(refined(halves[0]), refined(halves[1])), refined(bytes), 'refined');

        const energies = (part: Uint8Array) => accumulate(kernels.binEnergies(dtype), dtype, part);
        const merged = mergeEnergies(energies(halves[0]), energies(halves[1]));
        const whole = energies(bytes);
        expect(merged.firstBin).toBe(whole.firstBin);
        whole.energies.forEach((energy, i) => {
          expectClose(merged.energies[i]!, energy, 1e-13 * energy, `energy ${i}`);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('have counts beyond 32 bits where they need them', () => {
    const one = accumulate(kernels.measure('F32'), 'F32', bytesOf('F32', [0.5, 0.5, -0.5]));
    const many: TensorStatistics = {
      ...one,
      count: 2 ** 32,
      histogram: { ...one.histogram, positive: Uint32Array.of(2 ** 32 - 1), negative: Uint32Array.of(1) },
    };
    const { histogram, count } = mergeStatistics(many, one);
    expect(count).toBe(2 ** 32 + 3);
    expect(histogram.positive).toEqual(Float64Array.of(2 ** 32 + 1));
    expect(histogram.negative).toEqual(Uint32Array.of(2));
  });

  it.each([1, 2, Number.POSITIVE_INFINITY])('have the norms of the whole, of order %s', (order) => {
    const values = weights(1_000);
    values[400] = Number.NaN;
    const axes = [{ stride: 1, size: 10, block: 1, step: 1 }];
    const norms = (part: number[], first: number) => {
      const accumulator = kernels.groupNorms('F32', { axes, count: 10, first }, order);
      accumulator.add(bytesOf('F32', part));
      return accumulator.finish();
    };
    const merged = mergeNorms(norms(values.slice(0, 333), 0), norms(values.slice(333), 333), order);
    const whole = norms(values, 0);
    expect(merged.counts).toEqual(whole.counts);
    whole.norms.forEach((norm, group) => {
      expectClose(merged.norms[group]!, norm, 1e-14 * norm, `norm ${group}`);
    });
  });
});
