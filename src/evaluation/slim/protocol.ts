/** What can be asked of the evaluation about making the open model smaller, and what it answers. */
import type { CheckpointPlan, RefusedPlan } from '../../pruning/checkpointPlan';
import type { PermutedTensor } from '../../pruning/permutation/permuted';
import type { Repair } from '../../pruning/repair';
import type { TensorId } from '../../tensors/tensor';
import type { Evaluation, Outcomes } from '../evaluated';
import type { BySample } from '../metrics/bySample';
import type { Figures } from '../metrics/metrics';

/** Multiplications for one sample, stored weights, and the file's size. */
export interface SlimCosts {
  readonly macs: number;
  readonly parameters: number;
  /** Of the ONNX file. */
  readonly bytes: number;
}

export type SlimMeasure = keyof SlimCosts | 'time';

/** Which channels go. */
export type SlimGoal =
  /** Those whose removal changes nothing: all that they are made of, or multiplied with, is zero already. */
  | { readonly kind: 'dead' }
  /** Those of `Channels`, and what is dead. Exactly: nothing is rounded. */
  | { readonly kind: 'units'; readonly slots: readonly number[] }
  /** Of an earlier one: text of `slim-plan.json`. */
  | { readonly kind: 'plan'; readonly plan: string }
  /** As many as it takes, those that matter least; what is dead first. */
  | {
      readonly kind: 'target';
      readonly measure: SlimMeasure;
      /** Of the original's, what may remain: 0 to 1. */
      readonly share: number;
    };

export interface SlimRequest {
  /** Masks of the recipe: they stay on what remains. */
  outcomes: Outcomes;
  goal: SlimGoal;
  /** All layers that read what changed are fitted anew, where there are calibration inputs. */
  repair?: { readonly damping: number } | undefined;
  /** Of the smaller model, which is kept under it until the next one. */
  id: string;
}

/** Of runs on the same samples, in milliseconds a run. */
export interface Timing {
  readonly median: number;
  /** Four runs of five lie between. */
  readonly low: number;
  readonly high: number;
  readonly runs: number;
}

/** How many outputs a layer has. */
export interface LayerWidth {
  /** Of its weight, as the graph names it. */
  readonly name: string;
  /** Position in the main graph. */
  readonly node: number;
  readonly operator: string;
  readonly before: number;
  readonly after: number;
}

export interface SlimQuality {
  /** Of the model as it was. */
  readonly before: Figures & { readonly bySample?: BySample };
  /** With the recipe's masks, as large as it was; absent where it has none. */
  readonly masked?: Evaluation;
  /** Of the smaller model. */
  readonly after: Evaluation;
}

export interface SlimReport {
  readonly id: string;
  readonly before: SlimCosts;
  readonly after: SlimCosts;
  /** In the order of the graph. */
  readonly widths: readonly LayerWidth[];
  /** How many units went, the dead among them. */
  readonly units: number;
  readonly dead: number;
  /** Those units, as `Channels` names them. */
  readonly slots: readonly number[];
  /** Absent where there are no inputs. */
  readonly quality?: SlimQuality;
  /** The two models took turns. */
  readonly time: {
    readonly before: Timing;
    readonly after: Timing;
    /** Share of the rounds in which the smaller one was done sooner: whatever else the machine does meets both. */
    readonly faster: number;
    readonly threads: number;
    /** In a run. */
    readonly samples: number;
  };
  /** The largest, from the model with zeros in the place of what went, as a share of the largest output. */
  readonly difference: number;
  /** The engine keeps its values. Made for the request's outcomes `withoutUnits` of `slots`. */
  readonly repaired?: Repair;
  /** One sentence each. */
  readonly remarks: readonly string[];
  /** Text of `slim-plan.json`: of the graph. */
  readonly plan: string;
  /** What the open checkpoint loses, for `exportSlim`, or why it has no slim state dict. Absent where it is the graph. */
  readonly checkpoint?: CheckpointPlan | RefusedPlan;
}

/** Nothing is kept. */
export interface RefusedSlim {
  /** One sentence. */
  readonly refused: string;
}

export interface CostOfNode {
  /** Of the checkpoint: that which it multiplies with, where it is one that may be pruned. */
  readonly tensor?: TensorId;
  /** Position in the main graph. */
  readonly node: number;
  readonly operator: string;
  /** Multiplications for one sample. */
  readonly macs: number;
  /** The same without those by zero weights. */
  readonly effective: number;
  readonly parameters: number;
}

export interface ModelCosts {
  /** Of those that multiply or hold parameters, in the order of the graph. */
  readonly nodes: readonly CostOfNode[];
  readonly macs: number;
  readonly effective: number;
  readonly parameters: number;
}

/** Of every `m` neighbours along an axis of a checkpoint's tensor `n` stay. */
export interface PatternOfTensor {
  readonly tensor: TensorId;
  readonly axis: number;
  readonly n: number;
  readonly m: number;
}

/** Channels in another order: the model computes the same, and patterns keep more of its magnitude. */
export interface PermuteReport {
  /** Channels that change places together, by the layers with patterns that read them: magnitudes that are kept. */
  readonly sets: readonly {
    readonly readers: readonly string[];
    readonly channels: number;
    readonly plain: number;
    readonly permuted: number;
    /** As many weights, wherever they stand. */
    readonly unstructured: number;
  }[];
  /** Of the checkpoint: indices in their new order, by axis. */
  readonly tensors: readonly PermutedTensor[];
  /** Of the outputs before and after, without any mask, as a share of the largest. */
  readonly difference: number;
}
