/** PyTorch's and NumPy's own answers, made by tests/golden/kernels.py. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { binOf } from '../../../src/tensors/bins';
import { byteWidthOf, type PrunableDtype, prunableDtypes } from '../../../src/tensors/dtype';
import { accumulate, backends, valuesOf } from './support';

interface Golden {
  readonly bytes: string;
  readonly moderate: string;
  readonly mean: number;
  readonly std: number;
  readonly min: number;
  readonly max: number;
  readonly zeros: number;
  readonly nan: number;
  readonly inf: number;
  readonly histogram: { readonly edges: number[]; readonly counts: number[] };
  readonly pruned: readonly {
    readonly threshold: number;
    /** One byte per element: 1 keeps. */
    readonly magnitudeMask: string;
    readonly magnitudeWhere: string;
    readonly magnitudeProduct: string;
    readonly signedMask: string;
    readonly signedWhere: string;
  }[];
}

const unpacked = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'));

function goldenOf(dtype: PrunableDtype): Golden {
  const url = new URL(`../../golden/files/kernels/${dtype.toLowerCase()}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as Golden;
}

describe.each(backends.flatMap((kernels) => prunableDtypes.map((dtype) => [kernels.name, dtype, kernels] as const)))(
  '%s on %s',
  (_, dtype, kernels) => {
    const golden = goldenOf(dtype);
    const original = unpacked(golden.bytes);
    const values = valuesOf(dtype, original);
    const width = byteWidthOf(dtype);

    it.each(['magnitude', 'signed'] as const)(
      'prunes what PyTorch prunes by %s, but for NaN and infinities',
      (criterion) => {
        for (const answer of golden.pruned) {
          const keeps = unpacked(criterion === 'magnitude' ? answer.magnitudeMask : answer.signedMask);
          const expected = unpacked(criterion === 'magnitude' ? answer.magnitudeWhere : answer.signedWhere);
          let pruned = 0;
          values.forEach((value, i) => {
            // A comparison with NaN is false, so `where` drops NaN (and -inf by the signed rule): Secateur leaves them.
            if (Number.isFinite(value)) pruned += keeps[i] === 0 ? 1 : 0;
            else expected.set(original.subarray(i * width, (i + 1) * width), i * width);
          });
          const bytes = original.slice();
          const mask = { criterion, threshold: answer.threshold, ties: Number.POSITIVE_INFINITY };
          const applier = kernels.applyThreshold(dtype, mask);
          applier.apply(bytes);
          expect(bytes, `threshold ${answer.threshold}`).toEqual(expected);
          expect(applier.finish().pruned).toBe(pruned);
        }
      },
    );

    it("equals PyTorch's product with the mask by value: -0 there is +0 here", () => {
      for (const answer of golden.pruned) {
        const bytes = original.slice();
        const mask = { criterion: 'magnitude', threshold: answer.threshold, ties: Number.POSITIVE_INFINITY } as const;
        kernels.applyThreshold(dtype, mask).apply(bytes);
        const product = valuesOf(dtype, unpacked(answer.magnitudeProduct));
        valuesOf(dtype, bytes).forEach((value, i) => {
          if (Number.isFinite(values[i])) expect(value === product[i]).toBe(true);
        });
      }
    });

    it('finds the counts, extremes and histogram of the tensor', () => {
      const statistics = accumulate(kernels.measure(dtype), dtype, original);
      const { zeros, nan, inf, min, max } = golden;
      expect(statistics).toMatchObject({ count: values.length, zeros, nan, inf, min, max });
      const { edges, counts } = golden.histogram;
      const { firstBin, positive, negative } = statistics.histogram;
      counts.forEach((count, i) => {
        let sum = 0;
        for (let bin = binOf(dtype, edges[i]!); bin < binOf(dtype, edges[i + 1]!); bin++) {
          sum += (positive[bin - firstBin] ?? 0) + (negative[bin - firstBin] ?? 0);
        }
        expect(sum, `from ${edges[i]}`).toBe(count);
      });
    });

    it('finds the mean and deviation to ten digits', () => {
      const statistics = accumulate(kernels.measure(dtype), dtype, unpacked(golden.moderate));
      expect(Math.abs(statistics.mean / golden.mean - 1)).toBeLessThan(1e-10);
      expect(Math.abs(statistics.std / golden.std - 1)).toBeLessThan(1e-10);
    });
  },
);
