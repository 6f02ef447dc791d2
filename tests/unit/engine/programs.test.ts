/** Programs on tensors stored in every way, held against plain loops over numbers. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyPrograms } from '../../../src/engine/passes/applyPrograms';
import { groupingOf } from '../../../src/engine/passes/groupScores';
import { alignmentOf } from '../../../src/engine/passes/program';
import { UnitProgress } from '../../../src/engine/passes/unitProgress';
import type { Unit } from '../../../src/engine/reading/units';
import type { Session } from '../../../src/engine/session';
import { referenceKernels } from '../../../src/kernels/reference/referenceKernels';
import type { Program } from '../../../src/pruning/resolution';
import type { Score } from '../../../src/pruning/score';
import { byteWidthOf } from '../../../src/tensors/dtype';
import { loadWasmKernels } from '../../support/kernels';
import { valuesOf } from '../kernels/support';
import { leftAfter } from '../pruning/naive';
import { cases, inAxesOf, naiveTensor, openCase, programOf, rectangles } from './cases';
import { context, elementsIn } from './sessions';

async function apply(session: Session, program: Program, chunkBytes: number, file: Uint8Array) {
  const { measurable, units } = session;
  const report = new UnitProgress('writing', units, context);
  const kept: number[] = [];
  const written = file.slice();
  const chunks = applyPrograms(measurable, units, new Map([[0, program]]), report, context, { kept: true, chunkBytes });
  for (;;) {
    const next = await chunks.next();
    if (next.done) return { kept, written, counts: next.value.get(0)! };
    const { chunk, changed } = next.value;
    kept.push(...next.value.kept!);
    if (changed) written.set(chunk.raw, chunk.offset);
    else expect(file.subarray(chunk.offset, chunk.offset + chunk.raw.length)).toEqual(chunk.raw);
  }
}

const kernels = loadWasmKernels();

describe('programs', () => {
  it('take what plain loops take, however the tensor is stored and cut', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (each) => {
        const tensor = naiveTensor(each);
        const program = programOf(tensor, each.sketches);
        const left = leftAfter(tensor, program);
        const { memory, session } = await openCase(each, kernels);
        const { kept, written, counts } = await apply(
          session,
          inAxesOf(each.order, program),
          each.chunkBytes,
          memory.file,
        );
        expect(kept).toEqual(left.map(Number));
        const expected = each.bytes.slice();
        const width = byteWidthOf(each.dtype);
        left.forEach((stays, i) => {
          if (!stays) expected.fill(0, i * width, (i + 1) * width);
        });
        expect(elementsIn(written, memory, 0)).toEqual(expected);
        expect(counts).toEqual({
          pruned: left.filter((stays) => !stays).length,
          zeros: valuesOf(each.dtype, expected).filter((value) => value === 0).length,
        });
      }),
      { numRuns: 300 },
    );
  }, 60_000);

  it('are the same with the reference kernels', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (each) => {
        const program = inAxesOf(each.order, programOf(naiveTensor(each), each.sketches));
        const [expected, actual] = await Promise.all(
          [referenceKernels, kernels].map(async (backend) => {
            const { memory, session } = await openCase(each, backend);
            return apply(session, program, each.chunkBytes, memory.file);
          }),
        );
        expect(actual).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});

describe('limits', () => {
  const unit: Unit = {
    tensor: 0,
    name: 'a.weight',
    dtype: 'F32',
    shape: [40_000, 3000],
    strides: [3000, 1],
    pieces: [],
    byteLength: 40_000 * 3000 * 4,
  };
  const score: Score = { criterion: 'magnitude' };

  it('elements that compete come together only as far as they must', () => {
    expect(alignmentOf(unit, [{ kind: 'threshold', score, threshold: 1, ties: 0 }])).toBe(1);
    expect(alignmentOf(unit, [{ kind: 'pattern', score, n: 2, m: 4, axis: 1 }])).toBe(4);
    expect(alignmentOf(unit, [{ kind: 'pattern', score, n: 2, m: 7, axis: 1 }])).toBe(3000);
    expect(alignmentOf(unit, [{ kind: 'pattern', score, n: 2, m: 4, axis: 0 }])).toBe(12_000);
    expect(alignmentOf(unit, [{ kind: 'rows', score, count: 5, axes: [0] }])).toBe(3000);
    const both: Program = [
      { kind: 'pattern', score, n: 2, m: 4, axis: 1 },
      { kind: 'pattern', score, n: 1, m: 6, axis: 1 },
    ];
    expect(alignmentOf(unit, both)).toBe(12);
  });

  it('what is too much at once is refused with the size', () => {
    expect(() => alignmentOf(unit, [{ kind: 'rows', score, count: 5, axes: [1] }])).toThrow(
      expect.objectContaining({ code: 'out-of-memory', message: expect.stringContaining('458 MiB') }),
    );
  });

  it('groups that are hardly fewer than weights are refused', () => {
    expect(() => groupingOf(unit, rectangles('block', 0, 1, [1, 2]))).toThrow(
      expect.objectContaining({ code: 'out-of-memory' }),
    );
    expect(groupingOf(unit, rectangles('block', 0, 1, [3, 4])).count).toBe(13_334 * 750);
  });
});
