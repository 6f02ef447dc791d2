/** A tensor as a picture of few cells: drawn on the GPU where its weights are there, else while they stream by. */
import type { ThresholdMask } from '../../kernels/kernels';
import { mergePictures } from '../../kernels/merge';
import { keptShares, type PictureCells, type PicturePlan, type PictureSide } from '../../kernels/picture';
import { Copies } from '../../lib/copies';
import { CheckpointError } from '../../lib/errors';
import type { Program } from '../../pruning/resolution';
import { isOfWeights, rankingOf } from '../../pruning/score';
import { type PictureAxes, pictureAxesOf } from '../../tensors/axes';
import { byteWidthOf } from '../../tensors/dtype';
import { numelOf } from '../../tensors/tensor';
import type { CallContext } from '../callContext';
import { applyPrograms } from '../passes/applyPrograms';
import type { Measurable, Weights } from '../passes/measurable';
import { UnitProgress } from '../passes/unitProgress';
import { type Chunk, maxGap, windowBytes } from '../reading/stream';
import { type ElementRun, streamRuns } from '../reading/streamRuns';
import type { Unit } from '../reading/units';
import type { Preview, PreviewRequest } from './picture';
import { runsShown, splitAt } from './pictureRuns';
import type { WeightsOnGpu } from './weightsOnGpu';

/**
 * Reads what the picture shows, where the program says of each weight by itself whether it goes; else all of the tensor.
 * @throws CheckpointError `internal` for a tensor that is not measured
 */
export async function preview(
  measurable: Measurable,
  units: readonly Unit[],
  request: PreviewRequest,
  context: CallContext,
  onGpu?: WeightsOnGpu,
): Promise<Preview> {
  const unit = units.find(({ tensor }) => tensor === request.tensor);
  if (!unit) throw new CheckpointError('internal', `Tensor ${request.tensor} was asked for, and it is not measured.`);
  const axes = pictureAxesOf({ shape: unit.shape, ...(request.axes && { axes: request.axes }) });
  const plan = planOf(unit, axes, request);
  const picturing = { measurable, unit, plan, context, onGpu };
  const program = request.outcome?.program ?? [];
  const mask = thresholdOf(program);
  const { magnitudes, removed, bytesRead } = mask
    ? await drawThreshold(picturing, mask)
    : await drawProgram(picturing, program);
  return {
    ...sizesOf(plan),
    magnitudes,
    kept: keptShares(plan, removed),
    bytesForNext: mask && onGpu?.has(unit) ? 0 : bytesRead,
  };
}

/** A tensor that no recipe has to do with. */
export async function tensorPicture(
  {
    source,
    byteOrder,
    kernels,
    unit,
  }: Pick<Weights, 'source' | 'kernels'> & {
    readonly byteOrder: 'little' | 'big';
    readonly unit: Unit;
  },
  request: Omit<PreviewRequest, 'tensor' | 'outcome'>,
  context: CallContext,
): Promise<Preview> {
  const axes = pictureAxesOf({ shape: unit.shape, ...(request.axes && { axes: request.axes }) });
  const plan = planOf(unit, axes, request);
  const measurable = { source, checkpoint: { byteOrder }, kernels };
  const runs = unit.axes ? [wholeOf(unit)] : runsShown(plan, maxGap / byteWidthOf(unit.dtype));
  const { magnitudes, removed } = await stream({ measurable, unit, plan, context, onGpu: undefined }, nothing, runs);
  return { ...sizesOf(plan), magnitudes, kept: keptShares(plan, removed), bytesForNext: 0 };
}

function sizesOf({ rows, columns }: PicturePlan) {
  return { rows: rows.cells, columns: columns.cells, height: linesOf(rows), width: linesOf(columns) };
}

function planOf({ shape, strides }: Unit, axes: PictureAxes, request: Omit<PreviewRequest, 'tensor'>): PicturePlan {
  const { region } = request;
  const side = (order: readonly number[], from: number | undefined, to: number | undefined, cells: number) => {
    const ordered = order.map((axis) => ({ size: shape[axis]!, stride: strides[axis]! }));
    const lines = linesOf({ axes: ordered });
    const within = (value: number, least: number, most: number) => Math.min(most, Math.max(least, Math.floor(value)));
    const start = within(from ?? 0, 0, lines - 1);
    const end = within(to ?? lines, start + 1, lines);
    return { axes: ordered, start, end, cells: Math.min(Math.max(1, cells), end - start) };
  };
  return {
    rows: side(axes.down, region?.top, region?.bottom, request.rows),
    columns: side(axes.across, region?.left, region?.right, request.columns),
  };
}

function linesOf({ axes }: Pick<PictureSide, 'axes'>): number {
  return axes.reduce((product, { size }) => product * size, 1);
}

/** Nothing is below it. */
const nothing: ThresholdMask = { criterion: 'magnitude', threshold: -1, ties: 0 };

/** The one threshold over weights that a program is; one that nothing is below for an empty program. */
function thresholdOf(program: Program): ThresholdMask | undefined {
  const [mask, ...others] = program;
  if (!mask) return nothing;
  if (others.length > 0 || mask.kind !== 'threshold' || !isOfWeights(mask.score)) return undefined;
  return { criterion: rankingOf(mask.score), threshold: mask.threshold, ties: mask.ties };
}

interface Picturing {
  readonly measurable: Weights;
  readonly unit: Unit;
  readonly plan: PicturePlan;
  readonly context: CallContext;
  readonly onGpu: WeightsOnGpu | undefined;
}

interface ReadPicture extends PictureCells {
  readonly bytesRead: number;
}

/** Where the ties of the last threshold ended that took some of them. */
const endsOfTies = new WeakMap<Unit, { readonly mask: ThresholdMask; readonly tiesEnd: number }>();

/** @returns undefined where all of the tensor has to be seen to tell */
function tiesEndOf(unit: Unit, { criterion, threshold, ties }: ThresholdMask): number | undefined {
  if (ties === 0 || ties === Number.POSITIVE_INFINITY) return ties;
  const known = endsOfTies.get(unit);
  const isSame = known?.mask.criterion === criterion && known.mask.threshold === threshold && known.mask.ties === ties;
  return isSame ? known.tiesEnd : undefined;
}

async function drawThreshold(picturing: Picturing, mask: ThresholdMask): Promise<ReadPicture> {
  const { unit, plan, onGpu } = picturing;
  const tiesEnd = tiesEndOf(unit, mask);
  const resident = tiesEnd !== undefined && (await onGpu?.draw(unit, { ...mask, tiesEnd }, plan));
  if (resident) return { ...resident, bytesRead: 0 };
  // Elements with gaps between them are read one after the other from the first on.
  if (tiesEnd === undefined || unit.axes) {
    const drawn = await stream(picturing, mask, [wholeOf(unit)]);
    endsOfTies.set(unit, { mask, tiesEnd: drawn.tiesEnd });
    return drawn;
  }
  const runs = runsShown(plan, maxGap / byteWidthOf(unit.dtype));
  const [before, after] = splitAt(runs, tiesEnd);
  const first = before.length > 0 && (await stream(picturing, { ...mask, ties: Number.POSITIVE_INFINITY }, before));
  const second = after.length > 0 && (await stream(picturing, { ...mask, ties: 0 }, after));
  if (!first || !second) return (first || second) as ReadPicture;
  return { ...mergePictures(first, second), bytesRead: first.bytesRead + second.bytesRead };
}

function wholeOf({ shape }: Unit): ElementRun {
  return { start: 0, end: numelOf(shape) };
}

/** Draws runs of elements, and takes a whole tensor along to the GPU. */
async function stream(
  { measurable, unit, plan, context, onGpu }: Picturing,
  mask: ThresholdMask,
  runs: readonly ElementRun[],
) {
  const { source, checkpoint, kernels } = measurable;
  const { signal } = context;
  const isWhole = runs.length === 1 && runs[0]!.start === 0 && runs[0]!.end === numelOf(unit.shape);
  const writer = isWhole && !onGpu?.has(unit) ? await onGpu?.load(unit) : undefined;
  const picture = kernels.maskPreview(unit.dtype, plan, mask);
  const width = byteWidthOf(unit.dtype);
  const elements = runs.reduce((sum, { start, end }) => sum + end - start, 0);
  const byteLength = unit.axes ? unit.byteLength : elements * width;
  const report = new UnitProgress('refining', [{ ...unit, byteLength }], context);
  const options = { byteOrder: checkpoint.byteOrder, readOnly: true, signal };
  for await (const { chunk, place } of streamRuns(source, unit, runs, options)) {
    await picture.add(chunk.elements, place);
    await writer?.write(chunk.elements);
    report.advance(unit, chunk.covers, false);
  }
  writer?.finish();
  return { ...(await picture.finish()), bytesRead: byteLength };
}

/** One pass over the tensor, after those that scores of groups take. */
async function drawProgram(
  { measurable, unit, plan, context }: Picturing & { readonly measurable: Measurable },
  program: Program,
): Promise<ReadPicture> {
  const report = new UnitProgress('refining', [unit], context);
  const copies = new Copies();
  const originals = new Map<Chunk, Uint8Array<ArrayBuffer>>();
  const chunks = applyPrograms(measurable, [unit], new Map([[unit.tensor, program]]), report, context, {
    chunkBytes: windowBytes,
    kept: true,
    // Chunks are pruned in place, and the picture is of the weights as they were (and of those that were fitted anew).
    arriving: (chunk) => originals.set(chunk, copies.of(chunk.elements)),
  });
  const picture = measurable.kernels.maskPreview(unit.dtype, plan, undefined);
  const isRepaired = program.some(({ kind }) => kind === 'values');
  let place = 0;
  for await (const { chunk, kept } of chunks) {
    const original = originals.get(chunk)!;
    if (isRepaired) putKept(original, chunk.elements, kept!);
    await picture.add(original, place, kept);
    place += chunk.elements.length / byteWidthOf(unit.dtype);
    originals.delete(chunk);
    copies.giveBack(original);
  }
  return { ...(await picture.finish()), bytesRead: unit.byteLength };
}

/** What is kept of the elements, put into others; those that went stay there as they were. */
function putKept(into: Uint8Array, elements: Uint8Array, kept: Uint8Array): void {
  const width = elements.length / kept.length;
  for (let i = 0; i < kept.length; i++) {
    if (kept[i] !== 0) into.set(elements.subarray(i * width, (i + 1) * width), i * width);
  }
}
