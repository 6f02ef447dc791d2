import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ThresholdMask } from '../../../src/kernels/kernels';
import { byteWidthOf, type PrunableDtype, prunableDtypes } from '../../../src/tensors/dtype';
import {
  type Backend,
  backends,
  bytesOf,
  partsOf,
  tensor,
  thresholdFor,
  unaligned,
  valuesOf,
  weights,
} from './support';

/** Applies to copies of the parts, each at an odd address, and joins what is left of them. */
function applied(kernels: Backend, dtype: PrunableDtype, bytes: Uint8Array, mask: ThresholdMask, cuts: number[] = []) {
  const applier = kernels.applyThreshold(dtype, mask);
  const left = new Uint8Array(bytes.length);
  let at = 0;
  let changed = false;
  for (const part of partsOf(dtype, bytes, cuts)) {
    const copy = unaligned(part);
    const saysChanged = applier.apply(copy);
    expect(saysChanged).toBe(!same(copy, part));
    changed ||= saysChanged;
    left.set(copy, at);
    at += part.length;
  }
  return { left, changed, ...applier.finish() };
}

const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;

/** Which elements go, said as plainly as can be. */
function chosen(dtype: PrunableDtype, bytes: Uint8Array, { criterion, threshold, ties }: ThresholdMask): boolean[] {
  let used = 0;
  return valuesOf(dtype, bytes).map((value) => {
    const score = criterion === 'magnitude' ? Math.abs(value) : value;
    return Number.isFinite(value) && (score < threshold || (score === threshold && used++ < ties));
  });
}

const masked = fc
  .constantFrom(...prunableDtypes)
  .chain((dtype) => fc.tuple(fc.constant(dtype), tensor(dtype)))
  .chain(([dtype, bytes]) =>
    fc.record({
      dtype: fc.constant(dtype),
      bytes: fc.constant(bytes),
      cuts: fc.array(fc.nat(400), { maxLength: 3 }),
      mask: fc.record({
        criterion: fc.constantFrom('magnitude', 'signed'),
        threshold: thresholdFor(dtype, bytes),
        ties: fc.constantFrom(0, 1, 2, 5, 17, 2 ** 33, Number.POSITIVE_INFINITY),
      }),
    }),
  );

describe.each(backends.map((backend) => [backend.name, backend] as const))(
  'applying a threshold with %s',
  (_, kernels) => {
    it('sets exactly the chosen elements to +0 and leaves every other byte', () => {
      fc.assert(
        fc.property(masked, ({ dtype, bytes, cuts, mask }) => {
          const goes = chosen(dtype, bytes, mask);
          const expected = bytes.slice();
          const width = byteWidthOf(dtype);
          goes.forEach((gone, i) => {
            if (gone) expected.fill(0, i * width, (i + 1) * width);
          });
          const result = applied(kernels, dtype, bytes, mask, cuts);
          expect(result.left).toEqual(expected);
          expect(result.pruned).toBe(goes.filter(Boolean).length);
          expect(result.zeros).toBe(valuesOf(dtype, expected).filter((value) => value === 0).length);
        }),
        { numRuns: 600 },
      );
    });

    it('counts ties across chunks and blocks, and leaves those beyond', () => {
      for (const dtype of prunableDtypes) {
        const values = weights(70_001).map((weight, i) => (i % 3 === 0 ? (i % 2 === 0 ? 0.5 : -0.5) : weight));
        const bytes = bytesOf(dtype, values);
        const ties = 20_123;
        const mask = { criterion: 'magnitude', threshold: 0.5, ties } as const;
        const { left, pruned } = applied(kernels, dtype, bytes, mask, [7, 30_001]);
        const halves = valuesOf(dtype, left).map((value, i) => (i % 3 === 0 ? Math.abs(value) : Number.NaN));
        expect(pruned).toBe(70_001 - Math.ceil(70_001 / 3) + ties);
        expect(halves.filter((value) => value === 0).length).toBe(ties);
        expect(halves.indexOf(0.5)).toBe(3 * ties);
      }
    });

    it('takes NaN and infinities for no threshold, not even an infinite one', () => {
      for (const dtype of prunableDtypes) {
        for (const criterion of ['magnitude', 'signed'] as const) {
          const bytes = bytesOf(dtype, [Number.NaN, Number.POSITIVE_INFINITY, 1, -0, Number.NEGATIVE_INFINITY, -2]);
          const mask = { criterion, threshold: Number.POSITIVE_INFINITY, ties: Number.POSITIVE_INFINITY };
          const { left, pruned, zeros } = applied(kernels, dtype, bytes, mask);
          expect(valuesOf(dtype, left)).toEqual([
            Number.NaN,
            Number.POSITIVE_INFINITY,
            0,
            0,
            Number.NEGATIVE_INFINITY,
            0,
          ]);
          expect({ pruned, zeros }).toEqual({ pruned: 3, zeros: 3 });
        }
      }
    });

    it('turns a chosen -0 into +0 and says so, and reports no change where only +0 was chosen', () => {
      for (const dtype of prunableDtypes) {
        const mask = { criterion: 'magnitude', threshold: 0, ties: Number.POSITIVE_INFINITY } as const;
        expect(applied(kernels, dtype, bytesOf(dtype, [-0, 1]), mask)).toMatchObject({
          changed: true,
          pruned: 1,
          zeros: 1,
        });
        expect(applied(kernels, dtype, bytesOf(dtype, [0, 1]), mask)).toMatchObject({
          changed: false,
          pruned: 1,
          zeros: 1,
        });
      }
    });

    it('prunes no magnitude below a negative threshold, and still counts the zeros', () => {
      for (const dtype of prunableDtypes) {
        const bytes = bytesOf(dtype, [0, -0, -0.5, 0.5]);
        const mask = { criterion: 'magnitude', threshold: -0.5, ties: Number.POSITIVE_INFINITY } as const;
        expect(applied(kernels, dtype, bytes, mask)).toEqual({ left: bytes, changed: false, pruned: 0, zeros: 2 });
      }
    });
  },
);
