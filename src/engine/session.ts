/** One open checkpoint: structure, statistics, and the passes over its weights. Runs in a worker or in Node alike. */

import type { Checkpoint, Note } from '../formats/format';
import { openCheckpoint } from '../formats/registry';
import { seemsFolded } from '../graph/foldedNorm';
import type { Kernels } from '../kernels/kernels';
import { CheckpointError, isAllocationFailure } from '../lib/errors';
import { at, known } from '../lib/known';
import { later } from '../lib/later';
import { firstPart, type Part } from '../lib/parts';
import type { ByteSource } from '../lib/source';
import type { InputNeed } from '../pruning/criteria/criterion';
import { type Answer, noRule, type Outcome, type Request } from '../pruning/resolution';
import type { Axes } from '../tensors/axes';
import { type MasksByContent, sortModels } from '../tensors/models';
import type { TensorStatistics } from '../tensors/statistics';
import type { TensorId } from '../tensors/tensor';
import type { CallContext } from './callContext';
import type { Layer, OpenedCheckpoint } from './opened';
import { inputGroupsOf, inputsInGroup } from './passes/inputNorms';
import { maskNotes } from './passes/maskNotes';
import { masksByContent } from './passes/masksByContent';
import type { Measurable, Weights } from './passes/measurable';
import { modelNotes, modelsOfFile, ownModels } from './passes/modelsOfFile';
import { type PlainPasses, passesHere } from './passes/plainPasses';
import { ScoreSources } from './passes/scoreSources';
import { type KeptWeights, keeping, keptWindowBytes, withKept } from './reading/keptWeights';
import { openReference, type ReferenceReport } from './reading/reference';
import { bytesRead } from './reading/stream';
import { layersOf, type Unit, unitsOf } from './reading/units';
import { decodingSource } from './reading/varintSource';
import type { WeightMemory } from './reading/weightMemory';
import type { Patch } from './writing/patches';

const order = later(() => import('../graph/order'));
const ways = later(() => import('../graph/ways'));
const passes = later(() => import('./ofRecipes'));

/** Zeros of all weights a recipe decides for, counted as they were written. */
export interface WrittenCounts {
  readonly weights: number;
  readonly zeros: number;
  /** Tensors with other values than before. */
  readonly changed: number;
  /** Of those, the ones whose elements others own: tied names, views, buffers around them. */
  readonly changedWithOthers: number;
  /** Tensors whose weights are those of a repair; absent: none. */
  readonly repaired?: number;
}

export class Session {
  readonly opened: OpenedCheckpoint;
  readonly measurable: Measurable;
  readonly units: readonly Unit[];

  private readonly passesNow: () => PlainPasses;
  private readonly kept: KeptWeights | undefined;

  constructor(
    measurable: Measurable,
    units: readonly Unit[],
    opened: OpenedCheckpoint,
    passesNow: () => PlainPasses,
    kept: KeptWeights | undefined,
  ) {
    this.measurable = measurable;
    this.passesNow = passesNow;
    this.units = units;
    this.opened = opened;
    this.kept = kept;
  }

  lookUp(requests: readonly Request[], context: CallContext): Promise<Answer[]> {
    return this.orWithoutKept(async () =>
      (await passes()).lookUp(this.measurable, this.units, requests, context, this.passesNow()),
    );
  }

  /** Kept weights make room where memory runs out. */
  private async orWithoutKept<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (thrown) {
      if (!isAllocationFailure(thrown) || !this.kept || this.kept.areGone) throw thrown;
      this.kept.letGo();
      return work();
    }
  }

  /**
   * Called before bytes of the file are written beside what was made of kept weights.
   * @throws CheckpointError `file-unreadable` where it is not the file that was opened
   */
  async assertUnchanged(): Promise<void> {
    await this.kept?.assertStillIn(this.measurable.source);
  }

  /** @throws CheckpointError what opening a checkpoint throws */
  async openReference(source: ByteSource, parts: readonly Part[]): Promise<ReferenceReport> {
    const { units, opened } = this;
    const reference = await openReference(source, parts, opened.layers, units);
    this.measurable.beside.reference = reference;
    const prunable = units.map(({ tensor }) => tensor).filter((tensor) => at(opened.layers, tensor).prunable);
    return {
      fileName: firstPart(parts).name,
      matched: prunable.filter((tensor) => reference.has(tensor)),
      missing: prunable.filter((tensor) => !reference.has(tensor)),
    };
  }

  /**
   * @param figures one number for each input, of moments for every place of its kernel; of a grouped convolution for those of
   *   every group, group by group
   * @param axes in the place of those that the file gives a tensor
   * @throws CheckpointError `unsupported-feature` where they are not, or not finite
   */
  setInputs(of: InputNeed, figures: ReadonlyMap<TensorId, Float32Array>, axes?: ReadonlyMap<TensorId, Axes>): void {
    for (const [tensor, ofTensor] of figures) {
      const named = this.opened.layers[tensor];
      const layer = named && { ...named, ...(axes?.has(tensor) && { axes: known(axes, tensor) }) };
      const isEach = layer && inputGroupsOf(layer, ofTensor.length, of) !== undefined;
      if (isEach && ofTensor.every((norm) => norm >= 0 && norm < Number.POSITIVE_INFINITY)) continue;
      const inputs = (layer && inputsInGroup(layer, of)) ?? 'no';
      throw new CheckpointError(
        'unsupported-feature',
        `The ${of} of the inputs of ${layer?.name ?? `tensor ${tensor}`} were expected to be ${inputs} finite numbers from 0 up (or as many for every group of a convolution).`,
        layer ? { tensor: layer.name } : {},
      );
    }
    this.measurable.beside.setInputs(of, figures);
  }

  /** Whole tensors as `outcomes` leave them: see `readWeights`. */
  weights(
    outcomes: ReadonlyMap<TensorId, Outcome>,
    tensors: readonly TensorId[],
    context: CallContext,
  ): Promise<Map<TensorId, Uint8Array<ArrayBuffer>>> {
    return this.orWithoutKept(async () =>
      (await passes()).readWeights(this.measurable, this.units, outcomes, tensors, context),
    );
  }

  /**
   * The pruned file as patches to the original (see `patchesFor`), given the outcome for every tensor that is in.
   * @throws CheckpointError `read-only-file`; `internal` if what was written is not what was resolved
   */
  async *patches(outcomes: ReadonlyMap<TensorId, Outcome>, context: CallContext): AsyncGenerator<Patch, WrittenCounts> {
    const { readOnly } = this.opened;
    if (readOnly !== undefined) throw new CheckpointError('read-only-file', readOnly);
    const programs = new Map([...outcomes].map(([tensor, { program }]) => [tensor, program]));
    const { source, checkpoint } = this.measurable;
    const { layers } = this.opened;
    const { patchesFor, patchesInFile, withDigests } = await passes();
    const patches = patchesFor(this.measurable, this.units, layers, programs, context);
    const inFile = patchesInFile(patches, source, checkpoint.encoded);
    const { counts, changed } = yield* withDigests(inFile, source, checkpoint.digests ?? [], context.signal);
    let weights = 0;
    let zeros = 0;
    let repaired = 0;
    for (const [tensor, outcome] of outcomes) {
      const layer = at(layers, tensor);
      const written = counts.get(tensor);
      const zerosWritten = written?.zeros ?? layer.statistics?.zeros ?? 0;
      const isOther = zerosWritten !== outcome.zeros || (written && written.pruned !== outcome.pruned);
      // Of what was not counted beforehand, what was written is the count.
      if (outcome.exact && isOther) {
        throw new CheckpointError(
          'internal',
          `${layer.name} was to have ${outcome.zeros} zeros (${outcome.pruned} pruned), but ${zerosWritten} (${written?.pruned ?? 0}) were written.`,
          { tensor: layer.name, advice: 'The file may have changed while it was read. Open it again.' },
        );
      }
      if (outcome.program.some(({ kind }) => kind === 'values')) repaired++;
      if (outcome.rule === noRule) continue;
      weights += layer.numel;
      zeros += zerosWritten;
    }
    const withOthers = [...changed].filter((tensor) => at(layers, tensor).sharesWith !== undefined);
    const changes = { changed: changed.size, changedWithOthers: withOthers.length };
    return { weights, zeros, ...changes, ...(repaired > 0 && { repaired }) };
  }
}

/** A session, and what it was read from. */
export interface Read {
  readonly source: ByteSource;
  readonly session: Session;
}

/** What opening may use. */
export interface SessionMeans {
  /** Absent: those of this thread. */
  readonly passes?: PlainPasses | undefined;
  /** Over weights that are kept: one thread is faster than handing them out. Absent: those of this thread. */
  readonly passesInMemory?: PlainPasses | undefined;
  /** Absent: no weights are kept. */
  readonly memory?: WeightMemory | undefined;
}

/**
 * Reads the structure, then measures in one pass.
 * @param notes on what was given, beside those of the checkpoint
 */
export async function openSession(
  source: ByteSource,
  parts: readonly Part[],
  kernels: Kernels,
  context: CallContext,
  means: SessionMeans = {},
  notes: readonly Note[] = [],
): Promise<Session> {
  context.progress({ stage: 'reading structure', done: 0, total: source.size });
  const checkpoint = await openCheckpoint(source, parts);
  return sessionOf(source, { ...checkpoint, notes: [...notes, ...checkpoint.notes] }, kernels, context, means);
}

/** Measures a checkpoint whose structure is known. */
export async function sessionOf(
  file: ByteSource,
  read: Checkpoint,
  kernels: Kernels,
  context: CallContext,
  { passes = passesHere, passesInMemory = passesHere, memory }: SessionMeans = {},
): Promise<Session> {
  const named = sortedModels(read);
  const units = unitsOf(named.checkpoint, named.layers);
  const source = decodingSource(file, read.encoded);
  const known: FromGraph | undefined = read.graph && {
    networkOrder: (await order()).orderOfUse(read.graph, named.layers.length),
    ...(await ways()).waysOf(read.graph, (tensor) => isProduct(at(named.layers, tensor))),
  };
  const structure = openedOf(file, named.checkpoint, named.layers, ownModels(named.models, named.layers), known);
  context.progress({
    stage: 'measuring',
    done: 0,
    total: bytesOf(units),
    tensorsDone: 0,
    tensorsTotal: units.length,
    structure,
  });
  const { statistics, kept } = await measureAll(
    { source, checkpoint: named.checkpoint, kernels },
    units,
    context,
    passes,
    memory,
  );
  const withStatistics = (layers: readonly Layer[]) =>
    layers.map((layer) => {
      const found = statistics.get(layer.id);
      return found ? { ...layer, statistics: found } : layer;
    });
  const contents = masksByContent(withStatistics(named.layers), named.models);
  const { checkpoint, layers, ...sorted } = contents ? sortedModels(read, contents) : named;
  const models = ownModels(sorted.models, layers);
  const measured = withStatistics(layers);
  const opened = openedOf(file, checkpoint, measured, models, known);
  const beside = new ScoreSources(tensorsWithoutNonFinite(statistics), units);
  const weights = kept ? withKept(source, kept) : source;
  const passesNow = () => (kept && !kept.areGone ? passesInMemory : passes);
  return new Session({ source: weights, checkpoint, kernels, beside }, units, opened, passesNow, kept);
}

/** What only a graph tells. */
type FromGraph = Pick<OpenedCheckpoint, 'networkOrder' | 'onlyWays' | 'heads'>;

function isProduct({ kind }: Layer): boolean {
  return kind === 'conv' || kind === 'linear';
}

function openedOf(
  file: ByteSource,
  checkpoint: Checkpoint,
  layers: readonly Layer[],
  models: ReturnType<typeof ownModels>,
  known: FromGraph | undefined,
): OpenedCheckpoint {
  return {
    fileName: firstPart(checkpoint.parts).name,
    parts: checkpoint.parts,
    size: file.size,
    format: checkpoint.format,
    can: checkpoint.can,
    layers,
    ...known,
    models: modelsOfFile(models, layers),
    notes: [...checkpoint.notes, ...foldNotes(checkpoint), ...modelNotes(models), ...maskNotes(layers)],
    ...readOnlyFor(checkpoint, layers),
  };
}

/** A file that is written again as it is would be no export. */
function readOnlyFor({ readOnly }: Checkpoint, layers: readonly Layer[]): Pick<OpenedCheckpoint, 'readOnly'> {
  if (readOnly !== undefined) return { readOnly };
  return layers.some(({ prunable }) => prunable) ? {} : { readOnly: 'none of its tensors can be pruned.' };
}

function foldNotes({ graph }: Checkpoint): Note[] {
  if (!graph || !seemsFolded(graph)) return [];
  const text =
    'Batch norm seems to be folded into the convolutions, as exporters do: each output has a factor of its own, and a ranking by magnitude over several layers ranks these. Drop the checkpoint that it was exported from, together with this file: the checkpoint’s own weights are ranked then, and this graph is what runs. Without it, rank by magnitude relative to the output.';
  return [{ severity: 'info', text }];
}

/** A checkpoint with its tensors told apart by model. */
function sortedModels(read: Checkpoint, contents?: MasksByContent) {
  const { tensors, models, maskOf, namesInModels } = sortModels(read.tensors, read.can.graph, contents);
  const checkpoint = { ...read, tensors };
  return { checkpoint, layers: layersOf(checkpoint, maskOf, namesInModels), models };
}

/** Measures, and keeps the weights where there is memory for all of them. */
async function measureAll(
  weights: Weights,
  units: readonly Unit[],
  context: CallContext,
  passes: PlainPasses,
  memory: WeightMemory | undefined,
) {
  const kept = memory?.claim(bytesRead(units, keptWindowBytes));
  if (!kept) return { statistics: await passes.measure(weights, units, context), kept };
  const source = keeping(weights.source, (run) => kept.keep(run));
  const done = kept.use();
  try {
    const measuring = passes.measure({ ...weights, source }, units, context, kept);
    return { statistics: await measuring.finally(done), kept };
  } catch (thrown) {
    kept.letGo();
    const isMemory = thrown instanceof CheckpointError && thrown.code === 'out-of-memory';
    if (!isMemory && !isAllocationFailure(thrown)) throw thrown;
    return { statistics: await passes.measure(weights, units, context), kept: undefined };
  }
}

function bytesOf(units: readonly Unit[]): number {
  return units.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

function tensorsWithoutNonFinite(statistics: ReadonlyMap<TensorId, TensorStatistics>): Set<TensorId> {
  return new Set([...statistics].filter(([, { nan, inf }]) => nan + inf === 0).map(([tensor]) => tensor));
}
