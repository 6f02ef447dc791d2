import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ValueCounts } from '../../../src/kernels/wasm/valueCounts';
import { binHigh, binLow, binOf } from '../../../src/tensors/bins';
import { type PrunableDtype, prunableDtypes } from '../../../src/tensors/dtype';
import type { RefinedBin } from '../../../src/tensors/statistics';
import { accumulate, backends, bytesOf, tensor, unaligned, valuesOf, weights } from './support';

function expectedBin(dtype: PrunableDtype, bytes: Uint8Array, bin: number) {
  const counts = new Map<number, [number, number]>();
  for (const value of valuesOf(dtype, bytes)) {
    const magnitude = Math.abs(value);
    if (!Number.isFinite(value) || binOf(dtype, magnitude) !== bin) continue;
    const count = counts.get(magnitude) ?? [0, 0];
    count[value < 0 ? 1 : 0] += 1;
    counts.set(magnitude, count);
  }
  const rows = [...counts].sort(([a], [b]) => a - b);
  return {
    bin,
    magnitudes: rows.map(([magnitude]) => magnitude),
    positive: rows.map(([, count]) => count[0]),
    negative: rows.map(([, count]) => count[1]),
  };
}

const asArrays = ({ bin, magnitudes, positive, negative }: RefinedBin) => ({
  bin,
  magnitudes: Array.from(magnitudes),
  positive: Array.from(positive),
  negative: Array.from(negative),
});

describe.each(backends.map((backend) => [backend.name, backend] as const))('refining a bin with %s', (_, kernels) => {
  it.each(prunableDtypes)('lists the values of any bin of %s with their counts', (dtype) => {
    fc.assert(
      fc.property(tensor(dtype), fc.nat(), fc.array(fc.nat(400), { maxLength: 3 }), (bytes, pick, cuts) => {
        const finite = valuesOf(dtype, bytes).filter(Number.isFinite);
        const bin = finite.length === 0 ? 0x3c00 : binOf(dtype, Math.abs(finite[pick % finite.length]!));
        const refined = accumulate(kernels.refineBin(dtype, bin), dtype, bytes, cuts);
        expect(asArrays(refined)).toEqual(expectedBin(dtype, bytes, bin));
      }),
    );
  });

  it.each(['F32', 'F64'] as const)('takes the first and last value of a bin of %s, and no neighbour', (dtype) => {
    const bin = binOf(dtype, 0.1);
    const inside = [binLow(dtype, bin), binHigh(dtype, bin)];
    const outside = [binHigh(dtype, bin - 1), binLow(dtype, bin + 1)];
    const bytes = bytesOf(dtype, [...inside, ...outside, ...inside.map((value) => -value)]);
    const refined = accumulate(kernels.refineBin(dtype, bin), dtype, bytes);
    expect(asArrays(refined)).toEqual({ bin, magnitudes: inside, positive: [1, 1], negative: [1, 1] });
  });

  it.each(['F32', 'F64'] as const)('lists a bin of %s with more matches than are kept one by one', (dtype) => {
    // All in the bin of 1, many distinct, many equal.
    const values = weights(150_000).map(
      (weight, i) => (i % 2 === 0 ? 1 : -1) * (i % 5 === 0 ? 1 : 1 + Math.abs(weight) * 0.05),
    );
    const bytes = bytesOf(dtype, values);
    const bin = binOf(dtype, 1);
    const refined = accumulate(kernels.refineBin(dtype, bin), dtype, bytes, [1, 77_777]);
    expect(asArrays(refined)).toEqual(expectedBin(dtype, bytes, bin));
  });

  it('refines several bins in one pass', () => {
    const bytes = bytesOf('F32', weights(2_000));
    const bins = [binOf('F32', 0.01), binOf('F32', 0.02), binOf('F32', 0.05)];
    const accumulators = bins.map((bin) => kernels.refineBin('F32', bin));
    for (let start = 0; start < bytes.length; start += 400) {
      for (const accumulator of accumulators) accumulator.add(unaligned(bytes.subarray(start, start + 400)));
    }
    bins.forEach((bin, i) => {
      expect(asArrays(accumulators[i]!.finish())).toEqual(expectedBin('F32', bytes, bin));
    });
  });
});

describe('the distinct values of a bin', () => {
  it('are refused above the limit, and not for being repeated', () => {
    const repeated = new ValueCounts(3);
    for (let i = 0; i < 5; i++) repeated.add(new Float64Array(50_000).fill(i % 2 === 0 ? 1 : -1));
    expect(Array.from(repeated.finish().positive)).toEqual([150_000]);
    const distinct = new ValueCounts(3);
    distinct.add(Float64Array.of(1, 2, 3, 4));
    expect(() => distinct.finish()).toThrow(expect.objectContaining({ code: 'out-of-memory' }));
  });
});
