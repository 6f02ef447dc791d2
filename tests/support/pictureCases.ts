/** Pictures that every backend must draw as the reference does. Runs in Node and in a browser. */
import fc from 'fast-check';
import type { ThresholdMask } from '../../src/kernels/kernels';
import type { DrawnPicture, PictureCells, PicturePlan, PictureSide } from '../../src/kernels/picture';
import { referenceKernels } from '../../src/kernels/reference/referenceKernels';
import { byteWidthOf, type PrunableDtype } from '../../src/tensors/dtype';
import { expectSame } from './expectSame';
import { bytesOf, keptOf, partsOf, repeatedTo, tensor, thresholdFor, weights } from './tensors';

export interface Drawing {
  readonly dtype: PrunableDtype;
  readonly bytes: Uint8Array;
  readonly plan: PicturePlan;
  readonly mask: ThresholdMask | undefined;
  readonly kept?: Uint8Array | undefined;
  readonly cuts: readonly number[];
}

/** Draws a whole tensor. @param expected what the reference drew */
export type Draw = (drawing: Drawing, expected: DrawnPicture) => Promise<PictureCells>;

export interface PictureCase {
  readonly name: string;
  /** Rejects where `draw` and the reference differ. */
  run(draw: Draw, dtypes: readonly PrunableDtype[]): Promise<void>;
}

export function referencePicture({ dtype, bytes, plan, mask, kept }: Drawing): DrawnPicture {
  const picture = referenceKernels.maskPreview(dtype, plan, mask);
  picture.add(bytes, 0, kept);
  return picture.finish();
}

/** Feeds a tensor in parts. */
export function forEachPart(
  { dtype, bytes, kept, cuts }: Drawing,
  visit: (bytes: Uint8Array, place: number, kept: Uint8Array | undefined) => void,
): void {
  let place = 0;
  for (const part of partsOf(dtype, bytes, cuts)) {
    const end = place + part.length / byteWidthOf(dtype);
    visit(part, place, kept?.subarray(place, end));
    place = end;
  }
}

async function check(draw: Draw, drawing: Drawing): Promise<void> {
  const expected = referencePicture(drawing);
  expectSame(await draw(drawing, expected), expected, 'picture');
}

/** A side of at most as many lines as its axes have; a part of it, in cells of a line or more. */
function sideOf(axes: PictureSide['axes']): fc.Arbitrary<PictureSide> {
  const lines = axes.reduce((product, { size }) => product * size, 1);
  return fc.tuple(fc.boolean(), fc.nat(lines - 1), fc.nat(lines - 1), fc.nat()).map(([isWhole, one, other, pick]) => {
    const [start, end] = isWhole ? [0, lines] : [Math.min(one, other), Math.max(one, other) + 1];
    return { axes, start, end, cells: 1 + (pick % (end - start)) };
  });
}

/** Axes in any order of storage, each of them down or across. */
function plans(sizes: fc.Arbitrary<number[]>): fc.Arbitrary<{ plan: PicturePlan; elements: number }> {
  return sizes
    .chain((stored) =>
      fc.record({
        stored: fc.constant(stored),
        order: fc.shuffledSubarray([...stored.keys()], { minLength: stored.length }),
        isDown: fc.array(fc.boolean(), { minLength: stored.length, maxLength: stored.length }),
      }),
    )
    .chain(({ stored, order, isDown }) => {
      const axes = order.map((axis) => ({
        size: stored[axis]!,
        stride: stored.slice(axis + 1).reduce((product, size) => product * size, 1),
      }));
      const [rows, columns] = [axes.filter((_, i) => isDown[i]), axes.filter((_, i) => !isDown[i])];
      return fc.record({
        plan: fc.record({ rows: sideOf(rows), columns: sideOf(columns) }),
        elements: fc.constant(stored.reduce((product, size) => product * size, 1)),
      });
    });
}

function drawings(dtype: PrunableDtype, sizes: fc.Arbitrary<number[]>, withKept: boolean): fc.Arbitrary<Drawing> {
  return fc.tuple(plans(sizes), tensor(dtype)).chain(([{ plan, elements }, some]) => {
    const bytes = repeatedTo(elements, dtype, some);
    const mask = fc.record({
      criterion: fc.constantFrom('magnitude' as const, 'signed' as const),
      threshold: thresholdFor(dtype, some),
      ties: fc.constantFrom(0, 1, 2, 17, 2 ** 33, Number.POSITIVE_INFINITY),
    });
    return fc.record({
      dtype: fc.constant(dtype),
      bytes: fc.constant(bytes),
      plan: fc.constant(plan),
      mask: withKept ? fc.constant(undefined) : fc.option(mask, { nil: undefined }),
      kept: withKept ? keptOf(elements) : fc.constant(undefined),
      cuts: fc.array(fc.nat(elements), { maxLength: 2 }),
    });
  });
}

const small = fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 4 });
/** The fastest axis is long enough for vectors. */
const long = fc
  .tuple(fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 2 }), fc.integer({ min: 60, max: 300 }))
  .map(([others, last]) => [...others, last]);

function property(name: string, sizes: fc.Arbitrary<number[]>, withKept = false): PictureCase {
  return {
    name,
    async run(draw, dtypes) {
      for (const dtype of dtypes) {
        const each = fc.asyncProperty(drawings(dtype, sizes, withKept), (drawing) => check(draw, drawing));
        await fc.assert(each, { seed: 20_240_229, numRuns: 60 });
      }
    },
  };
}

const whole = (axes: PictureSide['axes'], cells: number): PictureSide => ({
  axes,
  start: 0,
  end: axes.reduce((product, { size }) => product * size, 1),
  cells,
});

/** Larger than what backends take at once; NaN, infinities and many ties among them. */
function large(dtype: PrunableDtype, elements: number): Uint8Array {
  const values = weights(elements).map((weight, i) => (i % 3 === 0 ? 0.03125 * (i % 2 === 0 ? 1 : -1) : weight));
  values[5] = Number.NaN;
  values[elements - 1] = Number.NEGATIVE_INFINITY;
  values[elements >> 1] = -0;
  return bytesOf(dtype, values);
}

function largeCase(name: string, plan: PicturePlan): PictureCase {
  return {
    name,
    async run(draw, dtypes) {
      const elements = whole([...plan.rows.axes, ...plan.columns.axes], 1).end;
      for (const dtype of dtypes) {
        const bytes = large(dtype, elements);
        for (const ties of [0, 7_001, Number.POSITIVE_INFINITY]) {
          const mask = { criterion: 'magnitude', threshold: 0.03125, ties } as const;
          await check(draw, { dtype, bytes, plan, mask, cuts: [11, 30_001] });
        }
      }
    },
  };
}

export const pictureCases: readonly PictureCase[] = [
  property('draws any part of any tensor', small),
  property('draws tensors of long rows or columns', long),
  largeCase('draws a matrix', {
    rows: whole([{ size: 150, stride: 467 }], 40),
    columns: whole([{ size: 467, stride: 1 }], 113),
  }),
  largeCase('draws a part of a matrix', {
    rows: { axes: [{ size: 150, stride: 467 }], start: 20, end: 24, cells: 3 },
    columns: { axes: [{ size: 467, stride: 1 }], start: 50, end: 460, cells: 200 },
  }),
  largeCase('draws a matrix that is stored by columns', {
    rows: whole([{ size: 467, stride: 1 }], 113),
    columns: whole([{ size: 150, stride: 467 }], 40),
  }),
  largeCase('draws the kernels of a convolution', {
    rows: whole(
      [
        { size: 50, stride: 1_200 },
        { size: 3, stride: 5 },
      ],
      150,
    ),
    columns: whole(
      [
        { size: 80, stride: 15 },
        { size: 5, stride: 1 },
      ],
      50,
    ),
  }),
  largeCase('draws a long vector', { rows: whole([], 1), columns: whole([{ size: 70_001, stride: 1 }], 300) }),
];

/** Beside masks: what came with the chunks says what goes. */
export const keptCases: readonly PictureCase[] = [
  property('draws what is said to be left of any tensor', small, true),
  property('draws what is said to be left of long rows or columns', long, true),
];
