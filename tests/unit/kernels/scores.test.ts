import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Scoring, ThresholdMask } from '../../../src/kernels/kernels';
import { stripOf } from '../../../src/kernels/kernels';
import { prunableDtypes } from '../../../src/tensors/dtype';
import { randomScore, streamOf } from '../../../src/tensors/random';
import { byWeights, patterned, scored, traceOf } from '../../support/kernelInputs';
import { backends, bytesOf, repeatedTo, tensor, unaligned, valuesOf, wasm, weights } from './support';

const pairs = fc.tuple(fc.constantFrom(...prunableDtypes), fc.constantFrom(...prunableDtypes));

describe('a threshold on scores', () => {
  const cases = scored(pairs);

  it('takes the same elements with WASM as with the reference, however the tensor is cut', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ mask, ...applied }) => {
        const [expected, actual] = await Promise.all(
          backends.map((kernels) => traceOf(kernels.applyScores(applied.dtype, applied.scoreDtype, mask), applied)),
        );
        expect(actual).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  }, 30_000);

  it('on the weights themselves is applyThreshold, which passes over what was removed before', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ scoreDtype: dtype, scores: bytes, kept, cuts, mask }) => {
        const applied = { dtype, scoreDtype: dtype, bytes, scores: bytes, kept, cuts };
        for (const kernels of backends) {
          const beside = await traceOf(kernels.applyScores(dtype, dtype, mask), applied);
          expect(await traceOf(byWeights(kernels.applyThreshold(dtype, mask)), applied)).toEqual(beside);
        }
      }),
    );
  });

  it('counts ties across blocks', async () => {
    const mask: ThresholdMask = { criterion: 'signed', threshold: 0.5, ties: 40_000 };
    const bytes = bytesOf('F16', weights(100_000));
    const scores = bytesOf('F32', new Array(100_000).fill(0.5));
    const applied = { dtype: 'F16', scoreDtype: 'F32', bytes, scores, cuts: [7] } as const;
    const { left, counts } = await traceOf(wasm.applyScores('F16', 'F32', mask), applied);
    expect(counts.pruned).toBe(40_000);
    expect(Buffer.compare(left.subarray(80_000), bytes.subarray(80_000))).toBe(0);
    expect(left.subarray(0, 80_000).every((byte) => byte === 0)).toBe(true);
  });
});

describe('a pattern', () => {
  const cases = patterned(pairs, 60);

  it('takes the same elements with WASM as with the reference', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ criterion, mask, ...applied }) => {
        const [expected, actual] = await Promise.all(
          backends.map((kernels) =>
            traceOf(kernels.applyPattern(applied.dtype, applied.scoreDtype, criterion, mask), applied),
          ),
        );
        expect(actual).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  }, 30_000);

  it.each(prunableDtypes)('2:4 of %s leaves the two largest of every four, the later of equal ones', (dtype) => {
    const bytes = bytesOf(dtype, [1, -4, 2, 3, 5, 5, 5, 5, 0, 0, -1, 0.5, Number.NaN, 1, 2, 3]);
    const mask = { amount: { keep: 2 }, m: 4, size: 16, stride: 1, run: 1 };
    for (const kernels of backends) {
      const copy = bytes.slice();
      kernels.applyPattern(dtype, dtype, 'magnitude', mask).apply(copy, copy);
      expect(valuesOf(dtype, copy)).toEqual([0, -4, 0, 3, 0, 0, 5, 5, 0, 0, -1, 0.5, Number.NaN, 0, 0, 3]);
    }
  });

  it('counts what went before among what goes of a strip, not among what goes of a row', () => {
    const bytes = bytesOf('F32', [1, 2, 3, 4]);
    for (const kernels of backends) {
      for (const [amount, expected] of [
        [{ keep: 2 }, [1, 0, 3, 4]],
        [{ drop: 2 }, [1, 0, 0, 4]],
      ] as const) {
        const copy = bytes.slice();
        const kept = Uint8Array.of(0, 1, 1, 1);
        const applier = kernels.applyPattern('F32', 'F32', 'magnitude', { amount, m: 4, size: 4, stride: 1, run: 1 });
        applier.apply(copy, copy, kept);
        expect(valuesOf('F32', copy)).toEqual(expected);
        expect(applier.finish()).toMatchObject({ pruned: 4 - 1 - kept.reduce((sum, each) => sum + each) });
      }
    }
  });

  it.each([
    ['n of m along a long stride', { amount: { keep: 2 }, m: 4, size: 10, stride: 4501, run: 1 }],
    ['long rows', { amount: { drop: 9_011 }, m: 17_000, size: 17_000, stride: 1, run: 1 }],
    ['long rows side by side', { amount: { drop: 2000 }, m: 3000, size: 3000, stride: 7, run: 1 }],
  ])('goes beyond the block of the module: %s', async (_, mask) => {
    for (const [dtype, scoreDtype] of [
      ['F32', 'F32'],
      ['BF16', 'F32'],
      ['F16', 'F16'],
    ] as const) {
      const count = stripOf(mask) * 2;
      const bytes = bytesOf(dtype, weights(count));
      const scores = bytesOf(scoreDtype, weights(count, 5));
      const kept = Uint8Array.from({ length: count }, (_, i) => (i % 5 === 0 ? 0 : 1));
      for (const left of [undefined, kept]) {
        const applied = { dtype, scoreDtype, bytes, scores, kept: left };
        const [expected, actual] = await Promise.all(
          backends.map((kernels) => traceOf(kernels.applyPattern(dtype, scoreDtype, 'magnitude', mask), applied)),
        );
        expect(Buffer.compare(actual!.left, expected!.left)).toBe(0);
        expect(Buffer.compare(actual!.leftKept ?? bytes, expected!.leftKept ?? bytes)).toBe(0);
        expect({ ...actual, left: 0, leftKept: 0 }).toEqual({ ...expected, left: 0, leftKept: 0 });
      }
    }
  });
});

describe('scores', () => {
  const scored = fc.constantFrom(...prunableDtypes).chain((dtype) =>
    fc.record({
      dtype: fc.constant(dtype),
      bytes: tensor(dtype),
      other: tensor(dtype),
      index: fc.oneof(fc.nat(1000), fc.nat(2 ** 40), fc.integer({ min: 2 ** 32 - 50, max: 2 ** 32 })),
      seed: fc.nat(2 ** 32 - 1),
      factors: fc.array(fc.float({ min: 0, max: 100, noNaN: true }), { minLength: 1, maxLength: 9 }),
      stride: fc.integer({ min: 1, max: 12 }),
    }),
  );

  it('are the same to the last bit with WASM as with the reference', () => {
    fc.assert(
      fc.property(scored, ({ dtype, bytes, other, index, seed, factors, stride }) => {
        const scorings: Scoring[] = [
          { kind: 'random', seed, stream: streamOf(dtype) },
          { kind: 'increase', reference: (_, elements) => unaligned(repeatedTo(elements, dtype, other)) },
          { kind: 'product', factors: Float32Array.from(factors), stride },
        ];
        for (const scoring of scorings) {
          const [expected, actual] = backends.map((kernels) => {
            const scores = kernels.scorer(dtype, scoring).score(unaligned(bytes), index);
            return valuesOf(scoring.kind === 'increase' ? dtype : 'F32', scores.slice());
          });
          expect(actual).toEqual(expected);
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each(['F16', 'BF16'] as const)('of %s are rounded as single values are: increases of any pair', (dtype) => {
    // Neighbours in exponent leave differences halfway between two values, equal ones subnormal differences.
    const bits = fc.oneof(fc.nat(0xffff), fc.integer({ min: 0x3f00, max: 0x4200 }), fc.nat(0x1200));
    fc.assert(
      fc.property(fc.array(fc.tuple(bits, bits), { minLength: 1, maxLength: 50 }), (given) => {
        const [now, then] = [0, 1].map((side) => new Uint8Array(Uint16Array.from(given, (pair) => pair[side]!).buffer));
        const [expected, actual] = backends.map((kernels) =>
          valuesOf(
            dtype,
            kernels
              .scorer(dtype, { kind: 'increase', reference: () => then! })
              .score(now!, 0)
              .slice(),
          ),
        );
        expect(actual).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it('of more elements than a block holds are those of each, factors of any period', () => {
    const count = 40_003;
    for (const [dtype, factorCount, stride] of [
      ['F16', 9, 4],
      ['BF16', 4_099, 1],
      ['F32', 70_000, 5],
      ['F64', 3, 200_000],
    ] as const) {
      const bytes = bytesOf(dtype, weights(count));
      const then = bytesOf(dtype, weights(count, 5));
      const factors = Float32Array.from({ length: factorCount }, (_, i) => 1 + (i % 1_013) / 7);
      const scorings: Scoring[] = [
        { kind: 'product', factors, stride },
        { kind: 'increase', reference: () => then },
        { kind: 'random', seed: 3, stream: 4 },
      ];
      for (const scoring of scorings) {
        const [expected, actual] = backends.map((kernels) => kernels.scorer(dtype, scoring).score(bytes, 123_457));
        expect(Buffer.compare(actual!, expected!)).toBe(0);
      }
    }
  });

  it('are drawn by index, whatever is asked for together', () => {
    const bytes = bytesOf('F32', weights(40_000));
    const scorer = wasm.scorer('F32', { kind: 'random', seed: 7, stream: streamOf('conv1.weight') });
    const scores = valuesOf('F32', scorer.score(bytes, 3).slice());
    expect(scores).toEqual(Array.from(scores, (_, i) => randomScore(7, streamOf('conv1.weight'), i + 3)));
    expect(valuesOf('F32', scorer.score(bytes.subarray(4 * 20_001), 20_004))).toEqual(scores.slice(20_001));
  });

  it.each(prunableDtypes)('of %s are NaN for what is not finite', (dtype) => {
    const bytes = bytesOf(dtype, [1, Number.NaN, Number.POSITIVE_INFINITY, -2, Number.NEGATIVE_INFINITY]);
    const scorings: Scoring[] = [
      { kind: 'random', seed: 1, stream: 2 },
      { kind: 'increase', reference: () => bytesOf(dtype, [3, 3, 3, 0.5, 3]) },
      { kind: 'product', factors: Float32Array.of(2, 3), stride: 1 },
    ];
    for (const kernels of backends) {
      const all = scorings.map((scoring) =>
        valuesOf(scoring.kind === 'increase' ? dtype : 'F32', kernels.scorer(dtype, scoring).score(bytes, 0).slice()),
      );
      for (const scores of all) expect(scores.map(Number.isNaN)).toEqual([false, true, true, false, true]);
      expect(all[1]).toEqual([-2, Number.NaN, Number.NaN, 1.5, Number.NaN]);
      expect(all[2]).toEqual([2, Number.NaN, Number.NaN, 6, Number.NaN]);
    }
  });
});
