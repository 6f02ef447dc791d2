/** What is read for a part of a picture. */
import { describe, expect, it } from 'vitest';
import type { PreviewRequest } from '../../../src/engine/pictures/picture';
import { runsShown, splitAt } from '../../../src/engine/pictures/pictureRuns';
import { preview } from '../../../src/engine/pictures/preview';
import type { PictureSide } from '../../../src/kernels/picture';
import type { Outcome } from '../../../src/pruning/resolution';
import { loadWasmKernels } from '../../support/kernels';
import { bytesOf, weights } from '../kernels/support';
import { checkpointOf, context, openInMemory, type Stored } from './sessions';

const side = (axes: PictureSide['axes'], start: number, end: number): PictureSide => ({ axes, start, end, cells: 1 });

describe('of a picture', () => {
  const rows = [{ size: 100, stride: 50 }];
  const columns = [{ size: 50, stride: 1 }];

  it('a few rows are one run, whatever columns are shown, where rows are short', () => {
    const plan = { rows: side(rows, 20, 24), columns: side(columns, 10, 30) };
    expect(runsShown(plan, 1000)).toEqual([{ start: 1010, end: 1180 }]);
  });

  it('long rows are a run each', () => {
    const plan = { rows: side(rows, 20, 23), columns: side(columns, 10, 30) };
    expect(runsShown(plan, 30)).toEqual([
      { start: 1010, end: 1030 },
      { start: 1060, end: 1080 },
      { start: 1110, end: 1130 },
    ]);
  });

  it('all of it is one run', () => {
    expect(runsShown({ rows: side(rows, 0, 100), columns: side(columns, 0, 50) }, 1)).toEqual([
      { start: 0, end: 5000 },
    ]);
    expect(runsShown({ rows: side([], 0, 1), columns: side(columns, 5, 9) }, 1)).toEqual([{ start: 5, end: 9 }]);
  });

  it('rows that lie within one output are those of its kernels', () => {
    // 4 outputs, 5 inputs, kernels of 3 x 2: rows 4 and 5 are the second and third of output 1.
    const kernels = {
      rows: side(
        [
          { size: 4, stride: 30 },
          { size: 3, stride: 2 },
        ],
        4,
        6,
      ),
      columns: side(
        [
          { size: 5, stride: 6 },
          { size: 2, stride: 1 },
        ],
        0,
        10,
      ),
    };
    expect(runsShown(kernels, 1000)).toEqual([{ start: 32, end: 60 }]);
  });

  it('runs are cut at a place', () => {
    expect(
      splitAt(
        [
          { start: 2, end: 5 },
          { start: 7, end: 9 },
        ],
        4,
      ),
    ).toEqual([
      [{ start: 2, end: 4 }],
      [
        { start: 4, end: 5 },
        { start: 7, end: 9 },
      ],
    ]);
  });
});

const kernels = loadWasmKernels();
const [height, width] = [300, 700];
const values = weights(height * width).map((weight) => Math.round(weight * 50) / 64);
const program = (ties: number): Outcome['program'] => [
  { kind: 'threshold', score: { criterion: 'magnitude' }, threshold: 1 / 64, ties },
];

describe.each([
  ['row by row', {}],
  ['column by column', { order: [1, 0] }],
  ['in several places', { places: 5 }],
  ['with gaps', { apart: 3 }],
])('zoomed in, of a matrix stored %s', (_, about: Partial<Stored>) => {
  const order = about.order ?? [0, 1];
  const stored = { name: 'a.weight', dtype: 'F32', bytes: bytesOf('F32', values), ...about } as const;
  const shape = order.map((axis) => [height, width][axis]!);
  const opened = openInMemory(checkpointOf([{ ...stored, shape }]), kernels);
  const draw = async (request: Omit<PreviewRequest, 'tensor'>) => {
    const { measurable, units } = await opened;
    return preview(measurable, units, { tensor: 0, ...request }, context);
  };
  const region = { top: 130, bottom: 140, left: 200, right: 230 };

  it.each([0, 900, Number.POSITIVE_INFINITY])('shows what the whole picture shows there (%d ties)', async (ties) => {
    const outcome: Outcome = { rule: 0, program: program(ties), pruned: 0, zeros: 0, exact: true };
    const whole = await draw({ rows: 1e4, columns: 1e4, outcome });
    const part = await draw({ rows: 1e4, columns: 1e4, outcome, region });
    const shown = (of: Float32Array) =>
      Array.from({ length: 10 }, (_, row) => [
        ...of.subarray((130 + row) * whole.columns + 200, (130 + row) * whole.columns + 230),
      ]).flat();
    expect([...part.magnitudes]).toEqual(shown(whole.magnitudes));
    expect([...part.kept]).toEqual(shown(whole.kept));
    expect(whole.kept.some((share) => share === 0)).toBe(true);
    if (!about.apart) expect(part.bytesForNext).toBeLessThan(whole.bytesForNext / 20);
  });
});
