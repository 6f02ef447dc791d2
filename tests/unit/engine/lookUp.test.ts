/** Questions about what programs leave, held against plain loops over numbers. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lookUp } from '../../../src/engine/passes/lookUp';
import type { OwnMask, Program, ProgramCounts, Request } from '../../../src/pruning/resolution';
import type { Score } from '../../../src/pruning/score';
import type { BinEnergies, RefinedBin, TensorStatistics } from '../../../src/tensors/statistics';
import { loadWasmKernels } from '../../support/kernels';
import { answerOf } from '../pruning/naive';
import { cases, groupScore, inAxesOf, naiveTensor, openCase, programOf, weightScore } from './cases';
import { context } from './sessions';

const kernels = loadWasmKernels();

describe('questions', () => {
  it('about what a program leaves are answered as plain loops answer them', async () => {
    const asked = cases.chain((each) =>
      fc.record({
        each: fc.constant(each),
        scores: fc.array(fc.oneof(weightScore, groupScore(each.shape)), { minLength: 1, maxLength: 3 }),
        bin: fc.nat(1000),
      }),
    );
    await fc.assert(
      fc.asyncProperty(asked, async ({ each, scores, bin }) => {
        const tensor = naiveTensor(each);
        const programs = [[], programOf(tensor, each.sketches.slice(0, 1)), programOf(tensor, each.sketches)];
        const requests = programs.flatMap((after): Request[] => [
          ...scores.flatMap((score): Request[] => {
            const statistics = answerOf({ kind: 'scores', tensor: 0, score, after }, tensor) as TensorStatistics;
            const { firstBin, positive } = statistics.histogram;
            const inside = firstBin + (positive.length === 0 ? 0 : bin % positive.length);
            return [
              { kind: 'scores', tensor: 0, score, after },
              // The sums that norms are differ in their last digit.
              ...(score.groups && score.criterion !== 'random'
                ? []
                : [{ kind: 'bin' as const, tensor: 0, score, after, bin: inside }]),
            ];
          }),
          { kind: 'energies', tensor: 0, after },
          { kind: 'counts', tensor: 0, after },
        ]);
        const { session } = await openCase(each, kernels);
        const mapped = requests.map((request): Request => {
          const after = inAxesOf(each.order, request.after);
          if (request.kind !== 'scores' && request.kind !== 'bin') return { ...request, after };
          const [mask] = inAxesOf(each.order, [{ kind: 'threshold', score: request.score, threshold: 0, ties: 0 }]);
          return { ...request, after, score: (mask as OwnMask).score };
        });
        const answers = await session.lookUp(mapped, context);
        requests.forEach((request, i) => {
          const expected = answerOf(request, tensor);
          const what = JSON.stringify(request);
          if (request.kind === 'counts') expect(answers[i], what).toEqual(expected);
          else if (request.kind === 'bin') expectSameBin(answers[i] as RefinedBin, expected as RefinedBin, what);
          else if (request.kind === 'energies') expectSameEnergies(answers[i] as BinEnergies, expected as BinEnergies);
          else {
            const isNorm = request.score.groups !== undefined && request.score.criterion !== 'random';
            expectSameStatistics(answers[i] as TensorStatistics, expected as TensorStatistics, isNorm, what);
          }
        });
      }),
      { numRuns: 120 },
    );
  }, 60_000);

  it('share a pass: many of them read a tensor once', async () => {
    const dtype = 'F32';
    const bytes = elementsBytes(64);
    const { session } = await openCase(
      {
        dtype,
        shape: [8, 8],
        order: [0, 1],
        apart: 1,
        places: 1,
        byteOrder: 'little',
        bytes,
        earlier: bytes,
        sketches: [],
        chunkBytes: 8,
      },
      kernels,
    );
    let read = 0;
    const { source } = session.measurable;
    const counting = {
      size: source.size,
      read: (offset: number, length: number) => {
        read += length;
        return source.read(offset, length);
      },
    };
    const measurable = { ...session.measurable, source: counting };
    const half: Program = [{ kind: 'threshold', score: { criterion: 'magnitude' }, threshold: 0.5, ties: 0 }];
    const rows: Score = { criterion: 'magnitude', groups: { kind: 'dim', axes: [{ axis: 0, size: 1 }], norm: 2 } };
    const requests: Request[] = [
      { kind: 'energies', tensor: 0, after: [] },
      { kind: 'scores', tensor: 0, score: rows, after: [] },
      { kind: 'scores', tensor: 0, score: { criterion: 'random', seed: 1 }, after: half },
      { kind: 'bin', tensor: 0, score: rows, after: half, bin: 3 },
      { kind: 'counts', tensor: 0, after: half },
    ];
    await lookUp(measurable, session.units, requests, context);
    expect(read).toBe(bytes.length);
    // Norms are kept: a threshold among them is placed without another look.
    await lookUp(measurable, session.units, [{ kind: 'bin', tensor: 0, score: rows, after: [], bin: 5 }], context);
    expect(read).toBe(bytes.length);
    // What comes after a mask of groups waits for their scores.
    const gone: Program = [{ kind: 'threshold', score: { ...rows, criterion: 'magnitude' }, threshold: 1, ties: 0 }];
    const columns: Score = { criterion: 'magnitude', groups: { kind: 'dim', axes: [{ axis: 1, size: 1 }], norm: 1 } };
    const after: Program = [{ kind: 'threshold', score: columns, threshold: 1, ties: 0 }, ...gone];
    const counts = (await lookUp(measurable, session.units, [{ kind: 'counts', tensor: 0, after }], context))[0];
    expect(read).toBe(bytes.length * 4);
    expect((counts as ProgramCounts).pruned).toBeGreaterThanOrEqual(0);
  });
});

function elementsBytes(count: number): Uint8Array {
  return new Uint8Array(Float32Array.from({ length: count }, (_, i) => Math.sin(i)).buffer);
}

function expectSameBin(actual: RefinedBin, expected: RefinedBin, what: string): void {
  const plain = ({ bin, magnitudes, positive, negative }: RefinedBin) => ({
    bin,
    magnitudes: [...magnitudes],
    positive: [...positive],
    negative: [...negative],
  });
  expect(plain(actual), what).toEqual(plain(expected));
}

function expectSameEnergies(actual: BinEnergies, expected: BinEnergies): void {
  const filled = ({ firstBin, energies }: BinEnergies) =>
    new Map([...energies].flatMap((energy, i) => (energy > 0 ? [[firstBin + i, energy] as const] : [])));
  const [here, there] = [filled(actual), filled(expected)];
  expect([...here.keys()]).toEqual([...there.keys()]);
  for (const [bin, energy] of here) {
    if (Number.isFinite(energy)) expect(Math.abs(energy / there.get(bin)! - 1)).toBeLessThan(1e-12);
  }
}

function expectSameStatistics(
  actual: TensorStatistics,
  expected: TensorStatistics,
  isNorm: boolean,
  what: string,
): void {
  const plain = ({ count, nan, inf, zeros, min, max, histogram }: TensorStatistics) => ({
    count,
    // The square of a large double may be infinite.
    notFinite: nan + inf,
    ...(isNorm
      ? {}
      : {
          nan,
          inf,
          zeros,
          min,
          max,
          firstBin: histogram.firstBin,
          positive: [...histogram.positive],
          negative: [...histogram.negative],
        }),
  });
  expect(plain(actual), what).toEqual(plain(expected));
}
