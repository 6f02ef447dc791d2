import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binOf } from '../../../src/tensors/bins';
import { prunableDtypes } from '../../../src/tensors/dtype';
import type { TensorStatistics } from '../../../src/tensors/statistics';
import { accumulate, backends, bytesOf, tensor, unaligned, valuesOf, wasm, weights } from './support';

const cuts = fc.array(fc.nat(400), { maxLength: 3 });

/** Everything but the moments, comparable whatever array type holds the counts. */
function exactFigures({ histogram, mean: _mean, std: _std, ...rest }: TensorStatistics) {
  const { firstBin, positive, negative } = histogram;
  return { ...rest, firstBin, positive: Array.from(positive), negative: Array.from(negative) };
}

/** The moments of the finite values by compensated sums, in two passes. */
function momentsOf(values: readonly number[]): { mean: number; std: number } {
  const finite = values.filter(Number.isFinite);
  const mean = compensatedSum(finite) / finite.length;
  const rest = compensatedSum(finite.map((value) => value - mean)) / finite.length;
  const squares = compensatedSum(finite.map((value) => (value - mean - rest) ** 2));
  return {
    mean: finite.length === 0 ? Number.NaN : mean,
    std: finite.length < 2 ? Number.NaN : Math.sqrt(squares / (finite.length - 1)),
  };
}

/** Neumaier's. */
function compensatedSum(values: readonly number[]): number {
  let sum = 0;
  let lost = 0;
  for (const value of values) {
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return sum + lost;
}

/** Moments agree to 1e-10 of themselves; a mean that cancels, to 1e-12 of the values' size. Squares of less than `tiny` underflow. */
const tiny = 1e-150;
function expectMoments(actual: TensorStatistics, expected: { mean: number; std: number }, size: number): void {
  if (Number.isNaN(expected.mean)) expect(actual.mean).toBeNaN();
  else expect(Math.abs(actual.mean - expected.mean)).toBeLessThanOrEqual(1e-12 * size + tiny);
  if (Number.isNaN(expected.std)) expect(actual.std).toBeNaN();
  else expect(Math.abs(actual.std - expected.std)).toBeLessThanOrEqual(1e-10 * expected.std + 1e-14 * size + tiny);
}

const sizeOf = (values: readonly number[]) =>
  values.reduce((size, value) => (Number.isFinite(value) ? Math.max(size, Math.abs(value)) : size), 0);

describe.each(backends.map((backend) => [backend.name, backend] as const))('measuring with %s', (_, kernels) => {
  it.each(prunableDtypes)('counts %s as a plain loop would, however the tensor is cut', (dtype) => {
    fc.assert(
      fc.property(tensor(dtype), cuts, (bytes, cuts) => {
        const values = valuesOf(dtype, bytes);
        const finite = values.filter(Number.isFinite);
        const statistics = accumulate(kernels.measure(dtype), dtype, bytes, cuts);
        const { histogram } = statistics;
        expect(statistics.count).toBe(values.length);
        expect(statistics.zeros).toBe(values.filter((value) => value === 0).length);
        expect(statistics.nan).toBe(values.filter(Number.isNaN).length);
        expect(statistics.inf).toBe(values.length - finite.length - statistics.nan);
        expect(statistics.min).toBe(finite.length === 0 ? Number.NaN : Math.min(...finite) + 0);
        expect(statistics.max).toBe(finite.length === 0 ? Number.NaN : Math.max(...finite) + 0);

        const expected = new Map<string, number>();
        for (const value of finite) {
          const key = `${value < 0 ? '-' : '+'}${binOf(dtype, Math.abs(value))}`;
          expected.set(key, (expected.get(key) ?? 0) + 1);
        }
        const found = new Map<string, number>();
        for (const [sign, counts] of [
          ['+', histogram.positive],
          ['-', histogram.negative],
        ] as const) {
          counts.forEach((count, i) => {
            if (count > 0) found.set(`${sign}${histogram.firstBin + i}`, count);
          });
        }
        expect(found).toEqual(expected);
        const last = histogram.positive.length - 1;
        if (last >= 0) {
          expect(histogram.positive[0]! + histogram.negative[0]!).toBeGreaterThan(0);
          expect(histogram.positive[last]! + histogram.negative[last]!).toBeGreaterThan(0);
        }

        const size = sizeOf(values);
        // Squares of larger doubles overflow.
        if (size < 1e150) expectMoments(statistics, momentsOf(values), size);
      }),
    );
  });

  it('has no extremes and no moments without finite values, and no deviation for one', () => {
    for (const dtype of prunableDtypes) {
      const none = accumulate(kernels.measure(dtype), dtype, bytesOf(dtype, [Number.NaN, Number.NEGATIVE_INFINITY]));
      expect(none).toMatchObject({ count: 2, nan: 1, inf: 1, min: Number.NaN, max: Number.NaN, mean: Number.NaN });
      expect(none.histogram).toMatchObject({ firstBin: 0, positive: { length: 0 }, negative: { length: 0 } });
      expect(kernels.measure(dtype).finish()).toMatchObject({ count: 0, mean: Number.NaN, std: Number.NaN });
      const one = accumulate(kernels.measure(dtype), dtype, bytesOf(dtype, [0.5]));
      expect(one).toMatchObject({ count: 1, min: 0.5, max: 0.5, mean: 0.5, std: Number.NaN });
    }
  });

  it.each([
    ['values far from zero', 1e6, 1],
    ['normalisation weights near one', 1, 1e-4],
    ['weights around zero', 0, 0.02],
  ])('keeps the deviation of %s', (_, centre, spread) => {
    for (const dtype of ['F64', 'F32'] as const) {
      const bytes = bytesOf(
        dtype,
        weights(40_000).map((weight) => centre + weight * spread * 10),
      );
      const values = valuesOf(dtype, bytes);
      expectMoments(accumulate(kernels.measure(dtype), dtype, bytes, [3, 17_001]), momentsOf(values), sizeOf(values));
    }
  });

  it('keeps the deviation behind an outlier in the first element', () => {
    const bytes = bytesOf('F32', [3e4, ...weights(70_000)]);
    const values = valuesOf('F32', bytes);
    expectMoments(accumulate(kernels.measure('F32'), 'F32', bytes), momentsOf(values), sizeOf(values));
  });

  it('measures several tensors at once without mixing them up', () => {
    const tensors = prunableDtypes.flatMap((dtype, i) => [
      { dtype, bytes: bytesOf(dtype, weights(901, i + 1)) },
      { dtype, bytes: bytesOf(dtype, [...weights(333, i + 9), Number.NaN, Number.POSITIVE_INFINITY, -0, 0]) },
    ]);
    const alone = tensors.map(({ dtype, bytes }) => exactFigures(accumulate(kernels.measure(dtype), dtype, bytes)));
    const together = tensors.map(({ dtype }) => kernels.measure(dtype));
    // One left unfinished, as after a cancelled pass.
    const abandoned = kernels.measure('F32');
    for (let start = 0; start < 901 * 8; start += 160) {
      tensors.forEach(({ bytes }, i) => {
        together[i]!.add(unaligned(bytes.subarray(start, start + 160)));
      });
      abandoned.add(bytesOf('F32', [1, 2, 3]));
    }
    expect(together.map((accumulator) => exactFigures(accumulator.finish()))).toEqual(alone);
  });
});

describe('the WASM kernels beside the reference', () => {
  it.each(prunableDtypes)('agree on large %s tensors across block borders', (dtype) => {
    for (const awkward of [[], [Number.NaN], [Number.POSITIVE_INFINITY, -0], [Number.NEGATIVE_INFINITY, 0]]) {
      const values = weights(70_003);
      awkward.forEach((value, i) => {
        values[40_000 + 5 * i] = value;
      });
      const bytes = bytesOf(dtype, values);
      const [expected, actual] = backends.map((kernels) =>
        accumulate(kernels.measure(dtype), dtype, bytes, [1, 33_333]),
      );
      expect(exactFigures(actual!)).toEqual(exactFigures(expected!));
      expectMoments(actual!, expected!, 0.2);
    }
  });

  it.each(['F16', 'BF16'] as const)('agree on every pattern of %s', (dtype) => {
    const bytes = new Uint8Array(Uint16Array.from({ length: 0x10000 }, (_, i) => i).buffer);
    const [expected, actual] = backends.map((kernels) => accumulate(kernels.measure(dtype), dtype, bytes));
    expect(exactFigures(actual!)).toEqual(exactFigures(expected!));
  });

  it('count doubles that overflow f32 in the last bin, apart from infinities', () => {
    const bytes = bytesOf('F64', [
      1e39,
      -1e40,
      Number.MAX_VALUE,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      1,
    ]);
    const statistics = accumulate(wasm.measure('F64'), 'F64', bytes);
    const last = statistics.histogram.positive.length - 1;
    expect(statistics).toMatchObject({ inf: 2, nan: 0, min: -1e40, max: Number.MAX_VALUE });
    expect(statistics.histogram.firstBin + last).toBe(0x7f80);
    expect([statistics.histogram.positive[last], statistics.histogram.negative[last]]).toEqual([2, 1]);
  });

  it('of F64 tells infinities from finite values in the same bin, while another tensor is measured in turn', () => {
    const [infinity, finite] = [Number.POSITIVE_INFINITY, 6.8e38].map((value) => bytesOf('F64', [value]));
    const first = wasm.measure('F64');
    const other = wasm.measure('F64');
    for (const bytes of [infinity!, finite!, infinity!, finite!]) {
      first.add(bytes);
      other.add(bytes);
    }
    const { count, inf, histogram } = first.finish();
    expect({ count, inf, positive: [...histogram.positive] }).toEqual({ count: 4, inf: 2, positive: [2] });
    expect(exactFigures(other.finish())).toMatchObject({ inf: 2, positive: [2] });
  });
});
