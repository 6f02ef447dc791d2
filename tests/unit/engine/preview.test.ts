import { describe, expect, it } from 'vitest';
import type { PreviewRequest } from '../../../src/engine/pictures/picture';
import { preview } from '../../../src/engine/pictures/preview';
import type { Outcome, Program } from '../../../src/pruning/resolution';
import { type PrunableDtype, prunableDtypes } from '../../../src/tensors/dtype';
import { loadWasmKernels } from '../../support/kernels';
import { bytesOf, valuesOf, weights } from '../kernels/support';
import { checkpointOf, context, openInMemory, type Stored } from './sessions';

const kernels = loadWasmKernels();

async function previewOf(stored: Omit<Stored, 'name'>, request: Omit<PreviewRequest, 'tensor'>) {
  const { measurable, units } = await openInMemory(checkpointOf([{ name: 'a.weight', ...stored }]), kernels);
  const { axes } = measurable.checkpoint.tensors[0]!;
  return preview(measurable, units, { tensor: 0, ...(axes && { axes }), ...request }, context);
}

const outcomeOf = (program: Program): Outcome => ({ rule: 0, program, pruned: 0, zeros: 0, exact: true });
const below = (threshold: number): Outcome =>
  outcomeOf([{ kind: 'threshold', score: { criterion: 'magnitude' }, threshold, ties: Number.POSITIVE_INFINITY }]);

describe('a picture of a tensor', () => {
  it.each(prunableDtypes)('of %s shows every weight where there is room', async (dtype) => {
    const values = [0.5, -1, 0, 2, Number.NaN, -0.25];
    const { magnitudes, kept, bytesForNext, ...size } = await previewOf(
      { dtype, shape: [2, 3], bytes: bytesOf(dtype, values) },
      { rows: 100, columns: 100, outcome: below(0.5) },
    );
    expect(size).toEqual({ rows: 2, columns: 3, height: 2, width: 3 });
    expect([...magnitudes]).toEqual([0.5, 1, 0, 2, 0, 0.25]);
    expect([...kept]).toEqual([0, 1, 0, 1, 1, 0]);
    expect(bytesForNext).toBe(bytesOf(dtype, values).length);
  });

  it('shows a convolution as a grid of its kernels', async () => {
    // Two outputs, three inputs, kernels of two rows and two columns, numbered in order.
    const values = Array.from({ length: 24 }, (_, i) => i);
    const stored = { dtype: 'F32' as const, kind: 'conv' as const, shape: [2, 3, 2, 2], bytes: bytesOf('F32', values) };
    const { rows, columns, magnitudes } = await previewOf(stored, { rows: 10, columns: 10 });
    expect([rows, columns]).toEqual([4, 6]);
    expect([...magnitudes]).toEqual(
      [
        [0, 1, 4, 5, 8, 9],
        [2, 3, 6, 7, 10, 11],
        [12, 13, 16, 17, 20, 21],
        [14, 15, 18, 19, 22, 23],
      ].flat(),
    );
  });

  it.each([
    ['outputs last, as an ONNX MatMul has them', { shape: [3, 2], outputAxis: 1 }, [0, 2, 4, 1, 3, 5]],
    ['stored the other way round', { shape: [3, 2], order: [1, 0] }, [0, 2, 4, 1, 3, 5]],
    ['stored with gaps', { shape: [2, 3], apart: 2 }, [0, 1, 2, 3, 4, 5]],
  ])('has outputs down and inputs across: %s', async (_, about, expected) => {
    const stored = { dtype: 'F32' as const, bytes: bytesOf('F32', [0, 1, 2, 3, 4, 5]), ...about };
    const { rows, columns, magnitudes } = await previewOf(stored, { rows: 9, columns: 9 });
    expect([rows, columns]).toEqual([2, 3]);
    expect([...magnitudes]).toEqual(expected);
  });

  it('draws a vector as one row', async () => {
    const stored = { dtype: 'F16' as const, kind: 'bias' as const, shape: [4], bytes: bytesOf('F16', [1, 2, 3, 4]) };
    const { rows, columns, magnitudes } = await previewOf(stored, { rows: 8, columns: 2 });
    expect([rows, columns]).toEqual([1, 2]);
    expect([...magnitudes]).toEqual([2, 4]);
  });

  it('joins weights in cells: the largest magnitude, and the share that is kept', async () => {
    const [height, width] = [37, 53];
    const values = valuesOf('F32', bytesOf('F32', weights(height * width)));
    const stored = { dtype: 'F32' as PrunableDtype, shape: [height, width], bytes: bytesOf('F32', values) };
    const region = { top: 5, bottom: 30, left: 10, right: 50 };
    const result = await previewOf(stored, { rows: 7, columns: 9, region, outcome: below(0.05) });
    const cells = Array.from({ length: 7 * 9 }, () => ({ most: 0, kept: 0, count: 0 }));
    for (let row = region.top; row < region.bottom; row++) {
      for (let column = region.left; column < region.right; column++) {
        const cell = cells[Math.floor(((row - 5) * 7) / 25) * 9 + Math.floor(((column - 10) * 9) / 40)]!;
        const magnitude = Math.abs(values[row * width + column]!);
        cell.most = Math.max(cell.most, magnitude);
        cell.kept += magnitude > 0.05 ? 1 : 0;
        cell.count++;
      }
    }
    expect([...result.magnitudes]).toEqual(cells.map(({ most }) => most));
    expect([...result.kept]).toEqual(cells.map(({ kept, count }) => Math.fround(kept / count)));
    expect(result).toMatchObject({ rows: 7, columns: 9, height, width });
  });

  it('follows a program of groups', async () => {
    const stored = { dtype: 'F32' as const, shape: [3, 2], bytes: bytesOf('F32', [1, 1, 3, 3, 2, 2]) };
    const rowNorm = { criterion: 'magnitude' as const, groups: { kind: 'dim', axes: [{ axis: 0, size: 1 }], norm: 1 } };
    const program: Program = [{ kind: 'threshold', score: rowNorm, threshold: 4, ties: 1 }];
    const { kept } = await previewOf(stored, { rows: 3, columns: 1, outcome: outcomeOf(program) });
    expect([...kept]).toEqual([0, 1, 0]);
  });
});
