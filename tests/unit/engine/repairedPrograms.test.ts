/** Values of repairs in programs, on tensors stored in every way. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lookUp } from '../../../src/engine/passes/lookUp';
import { keepRepair } from '../../../src/engine/worker/repairing';
import { repairedOutcomes } from '../../../src/pruning/repair';
import type { Mask, Outcome, Program, ProgramCounts } from '../../../src/pruning/resolution';
import { byteWidthOf, type PrunableDtype } from '../../../src/tensors/dtype';
import { rowByRow } from '../../../src/tensors/layout';
import { contiguousStrides, numelOf } from '../../../src/tensors/tensor';
import { loadWasmKernels } from '../../support/kernels';
import { repeatedTo, tensor as tensorBytes, valuesOf } from '../kernels/support';
import { type Case, cases, inAxesOf, naiveTensor, openCase, programOf } from './cases';
import { context, elementsIn } from './sessions';

const kernels = loadWasmKernels();
const values: Mask = { kind: 'values', repair: 'r' };

/** Finite elements of a dtype, in the order of storage. */
function finite(dtype: PrunableDtype, count: number): fc.Arbitrary<Uint8Array<ArrayBuffer>> {
  return tensorBytes(dtype).map((bytes) => {
    const repeated = new Uint8Array(repeatedTo(count, dtype, bytes));
    const width = byteWidthOf(dtype);
    valuesOf(dtype, repeated).forEach((value, i) => {
      if (!Number.isFinite(value)) repeated.fill(0, i * width, (i + 1) * width);
    });
    return repeated;
  });
}

const repaired = cases.chain((each) =>
  fc.record({ each: fc.constant(each), stored: finite(each.dtype, numelOf(each.shape)) }),
);

/** Elements in the order of storage, as a tensor with the axes of the case has them row by row. */
function inRows({ shape, order, dtype }: Case, stored: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const strides = contiguousStrides(shape);
  return rowByRow(
    stored,
    order.map((axis) => shape[axis]!),
    order.map((axis) => strides[axis]!),
    byteWidthOf(dtype),
  );
}

async function open(each: Case, stored: Uint8Array<ArrayBuffer>) {
  const { memory, session } = await openCase(each, kernels);
  const kept = keepRepair(session, 'r', new Map([[0, inRows(each, stored)]]));
  return { memory, session, counts: kept.counts.get(0)! };
}

function outcomeOf(program: Program, { pruned, zeros }: ProgramCounts): ReadonlyMap<number, Outcome> {
  return new Map([[0, { rule: 0, program, pruned, zeros, exact: true }]]);
}

describe('values in a program', () => {
  it('are the elements of the pruned file and of the weights that are evaluated, however the tensor is stored', async () => {
    await fc.assert(
      fc.asyncProperty(repaired, async ({ each, stored }) => {
        const masks = inAxesOf(each.order, programOf(naiveTensor(each), each.sketches));
        const { memory, session, counts } = await open(each, stored);
        const zeros = valuesOf(each.dtype, stored).filter((value) => value === 0).length;
        expect(counts).toEqual({ pruned: zeros, zeros });
        for (const program of [[values], [...masks, values]]) {
          const outcomes = outcomeOf(program, counts);
          const weights = await session.weights(outcomes, [0], context);
          expect(weights.get(0)).toEqual(inRows(each, stored));
          const written = memory.file.slice();
          for await (const { offset, bytes } of session.patches(outcomes, context)) written.set(bytes, offset);
          expect(elementsIn(written, memory, 0)).toEqual(new Uint8Array(stored));
        }
      }),
      { numRuns: 80 },
    );
  }, 60_000);

  it('are what later masks choose among, and their zeros have gone', async () => {
    await fc.assert(
      fc.asyncProperty(repaired, async ({ each, stored }) => {
        const { session } = await open(each, stored);
        const magnitudes = valuesOf(each.dtype, stored).map(Math.abs);
        const left = magnitudes.filter((value) => value > 0);
        const [statistics] = await lookUp(
          session.measurable,
          session.units,
          [{ kind: 'scores', tensor: 0, score: { criterion: 'magnitude' }, after: [values] }],
          context,
        );
        expect(statistics).toMatchObject({ count: left.length, zeros: 0, nan: 0 });
        const threshold = left.sort((a, b) => a - b)[Math.floor(left.length / 2)] ?? 0;
        const mask: Mask = { kind: 'threshold', score: { criterion: 'magnitude' }, threshold, ties: Infinity };
        const program: Program = [values, mask];
        const [counts] = await lookUp(
          session.measurable,
          session.units,
          [{ kind: 'counts', tensor: 0, after: program }],
          context,
        );
        const gone = magnitudes.filter((value) => value <= threshold).length;
        expect(counts).toEqual({ pruned: gone, zeros: gone });
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});

describe('outcomes of a repair', () => {
  it('end with the values, under the rule that decided, and add the tensors that no rule decides for', () => {
    const threshold: Mask = { kind: 'threshold', score: { criterion: 'magnitude' }, threshold: 1, ties: 0 };
    const outcomes = outcomeOf([threshold, { kind: 'values', repair: 'before' }, threshold], { pruned: 4, zeros: 4 });
    const tensors = [
      { tensor: 0, name: 'a', role: 'pruned' as const, pruned: 4, zeros: 5 },
      { tensor: 1, name: 'b', role: 'bias' as const, pruned: 0, zeros: 1 },
    ];
    expect([...repairedOutcomes(outcomes, { id: 'r', tensors })]).toEqual([
      [0, { rule: 0, program: [threshold, threshold, values], pruned: 5, zeros: 5, exact: true }],
      [1, { rule: -1, program: [values], pruned: 1, zeros: 1, exact: true }],
    ]);
  });
});
