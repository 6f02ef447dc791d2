/** Making the open model smaller: what is known of it is found out once, and the model made last is kept. */
import { CheckpointError } from '../../lib/errors';
import type { Channels } from '../../pruning/channels';
import { parsePlan } from '../../tensors/graph/slimPlan';
import type { Evaluator } from '../evaluator';
import type { Dataset } from '../inputs/dataset';
import { randomInputs } from '../inputs/random';
import type { CheckpointTensor, Outcomes, Pairing } from '../protocol';
import type { CalibrationSet } from '../repair/calibration';
import type { KeepRepair } from '../repair/repair';
import type { EvaluationContext, Runnable } from '../running';
import { type ScoredUnits, scoredUnits } from './analysedUnits';
import { type Analysis, analyse } from './analysis';
import { channelsOf } from './channels';
import { checkpointPlan } from './checkpointPlan';
import { constantChannels } from './constants';
import { type OneSample, oneSample } from './inputShapes';
import { modelCosts } from './modelCosts';
import { permute } from './permute';
import type { ModelCosts, PatternOfTensor, PermuteReport, RefusedSlim, SlimReport, SlimRequest } from './protocol';
import { slim } from './slim';
import { type Energies, energiesOf } from './unitScores';
import { type GraphFiles, WrittenModel } from './writtenModel';

/** What the model is run on, where there is anything. */
export interface SlimInputs {
  /** Random numbers say nothing of what channels matter. */
  readonly areRandom: boolean;
  readonly dataset: Dataset;
  readonly evaluator: Evaluator;
  readonly calibration?: CalibrationSet;
}

interface Known {
  readonly analysis: Analysis;
  readonly one: OneSample;
}

export class Slimming {
  private readonly runnable: Runnable;
  private readonly files: GraphFiles;
  private readonly pairing: Pairing;
  private readonly tensors: readonly CheckpointTensor[];
  private written: WrittenModel | undefined;
  private known: (Known & { readonly shapes: string }) | undefined;
  private energies: { readonly of: Dataset; readonly in: Analysis; readonly values: Energies } | undefined;
  private made: { readonly id: string; readonly model: Blob } | undefined;

  /** @param tensors of the checkpoint */
  constructor(runnable: Runnable, files: GraphFiles, pairing: Pairing, tensors: readonly CheckpointTensor[]) {
    this.runnable = runnable;
    this.files = files;
    this.pairing = pairing;
    this.tensors = tensors;
  }

  async channels(inputs: SlimInputs | undefined, context: EvaluationContext): Promise<Channels> {
    const { analysis } = await this.analysed(inputs, context);
    const scored = await this.scored(analysis, analysis.model.graph.bytes, inputs, context);
    return channelsOf(analysis, scored, this.pairing.foldedIn);
  }

  async costs(
    outcomes: Outcomes | undefined,
    inputs: SlimInputs | undefined,
    context: EvaluationContext,
  ): Promise<ModelCosts> {
    const { analysis } = await this.analysed(inputs, context);
    return modelCosts(analysis, await analysis.model.masked(outcomes ?? new Map(), context.signal));
  }

  async slim(
    request: SlimRequest,
    inputs: SlimInputs | undefined,
    keep: KeepRepair,
    context: EvaluationContext,
  ): Promise<SlimReport | RefusedSlim> {
    const { runnable } = this;
    const { analysis, one } = await this.analysed(inputs, context);
    const bytes = await analysis.model.masked(request.outcomes, context.signal);
    const dataset = inputs?.calibration?.dataset ?? inputs?.dataset ?? randomInputs(runnable.inputs, 1, {});
    const own = await this.scored(analysis, bytes, inputs, context);
    const constants = await constantChannels(runnable, analysis, own, bytes, dataset, context.signal);
    const scored = { ...own, dead: new Set([...own.dead, ...constants.keys()]) };
    const channels = channelsOf(analysis, scored, this.pairing.foldedIn);
    const judged = inputs && { evaluator: inputs.evaluator, dataset: inputs.dataset };
    const calibration = inputs?.calibration;
    const parts = { runnable, analysis, bytes, scored, constants, channels, one, dataset, judged, calibration, keep };
    const slimmed = await slim(parts, request, context);
    if ('refused' in slimmed) return slimmed;
    this.made = { id: request.id, model: new Blob([slimmed.bytes]) };
    const { report } = slimmed;
    const { pairing, tensors } = this;
    // The checkpoint is the graph: the smaller model is all that there is to write.
    if (pairing.pairs.some(({ match }) => match === 'same file')) return report;
    const plan = parsePlan(report.plan);
    const checkpoint = checkpointPlan({ plan, graph: analysis.contents.graph, pairing, tensors });
    return { ...report, checkpoint };
  }

  async permute(
    patterns: readonly PatternOfTensor[],
    inputs: SlimInputs | undefined,
    context: EvaluationContext,
  ): Promise<PermuteReport | RefusedSlim> {
    const { runnable, pairing, tensors } = this;
    const { analysis } = await this.analysed(inputs, context);
    const dataset = inputs?.dataset ?? randomInputs(runnable.inputs, 1, {});
    return permute({ runnable, analysis, dataset, pairing, tensors }, patterns, context);
  }

  /** @throws CheckpointError `internal` */
  model(id: string): Blob {
    if (this.made?.id === id) return this.made.model;
    throw new CheckpointError('internal', 'That smaller model is not kept any more.');
  }

  private async analysed(inputs: SlimInputs | undefined, context: EvaluationContext): Promise<Known> {
    const one = oneSample(this.runnable.inputs, inputs?.dataset);
    const shapes = JSON.stringify([...one.shapes]);
    if (this.known?.shapes === shapes) return { ...this.known, one };
    this.written ??= await WrittenModel.read(this.runnable, this.files);
    const analysis = await analyse(this.runnable, this.written, one, context.signal);
    this.known = { analysis, one, shapes };
    return this.known;
  }

  private async scored(
    analysis: Analysis,
    bytes: Uint8Array,
    inputs: SlimInputs | undefined,
    context: EvaluationContext,
  ): Promise<ScoredUnits> {
    const dataset = inputs?.calibration?.dataset ?? (inputs?.areRandom === false ? inputs.dataset : undefined);
    if (!dataset) return scoredUnits(analysis, bytes, undefined);
    if (this.energies?.of !== dataset || this.energies.in !== analysis) {
      const progress: EvaluationContext['progress'] = ({ done, total }) =>
        context.progress({ stage: 'slimming', done, total, what: 'reading what goes into layers' });
      const { walk, units } = analysis;
      const values = await energiesOf(this.runnable, walk, units.units, dataset, { ...context, progress });
      this.energies = { of: dataset, in: analysis, values };
    }
    return scoredUnits(analysis, bytes, this.energies.values);
  }
}
