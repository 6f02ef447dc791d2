/** Evaluation as the studio holds it: the graph, its inputs, what pruning does to its outputs, and the searches over both. */

import type { MetricId } from '../evaluation/metrics/metrics';
import type {
  Evaluation,
  GivenArray,
  InputSource,
  InputSummary,
  LayerDrift,
  OpenedGraph,
  PartialEvaluation,
} from '../evaluation/protocol';
import { usualMetric } from '../evaluation/quality';
import type { TuneGoal } from '../evaluation/search/autoTune';
import type { Sensitivity } from '../evaluation/search/sensitivity';
import type { TrailPoint } from '../evaluation/search/trail';
import type { CheckpointError } from '../lib/errors';
import type { GivenInputs } from './givenInputs';

/** Never a pair of booleans. */
export type EvaluationStatus =
  /** No graph: `openGraph` (or `evaluateCheckpoint` where the checkpoint is an ONNX model) starts. */
  | { readonly kind: 'off' }
  /** ONNX Runtime, graph or inputs are being read, or norms of inputs collected. `stage` is shown as it is. */
  | { readonly kind: 'loading'; readonly stage: string; readonly done: number; readonly total: number }
  /** Graph and inputs are there; `evaluation` holds the newest result. */
  | { readonly kind: 'ready' }
  /** From the change on: the handle may not rest yet. */
  | { readonly kind: 'evaluating' }
  /** Sensitivity or auto-tune has the runtime; live evaluation waits. */
  | { readonly kind: 'searching' }
  /** One sentence in `error.message`. The studio goes on without evaluation; the next action tries again. */
  | { readonly kind: 'failed'; readonly error: CheckpointError };

export interface Tuning {
  readonly goal: TuneGoal;
  readonly state: 'running' | 'finished' | 'cancelled' | 'impossible';
  /** Whole-model evaluations so far. */
  readonly evaluations: number;
  /** How many inputs it searches, and how many others judge: none where there are too few. */
  readonly searched?: number;
  readonly judged?: number;
  /** Of the inputs that judge. */
  readonly figures?: { readonly tuned: Evaluation; readonly global: Evaluation };
  /** Present when finished: the answer (its recipe is applied), and global magnitude pruning at the same sparsity. */
  readonly tuned?: TrailPoint;
  readonly global?: TrailPoint;
  /** One sentence: what was found, and whether it beats global magnitude. */
  readonly verdict?: string;
}

export interface PartialFigures extends PartialEvaluation {
  /** That count so far. */
  readonly samples: number;
}

export type ArraySource = Extract<InputSource, { kind: 'arrays' }>;

export interface EvaluationState {
  readonly status: EvaluationStatus;
  /** Evaluate after every gesture and committed recipe. */
  readonly live: boolean;
  readonly graph: OpenedGraph | null;
  /** False until a pairing that needs it was confirmed: nothing is evaluated before. */
  readonly pairingConfirmed: boolean;
  readonly inputs: InputSummary | null;
  /** As given last; what the input form starts from. */
  readonly source: InputSource | null;
  /** Given before there was a graph to take them. */
  readonly kept: GivenInputs | null;
  /** Array files that were given last, and what each of their arrays is used as, whether or not the model takes them so. */
  readonly arrays: { readonly source: ArraySource; readonly found: readonly GivenArray[] } | null;
  /** Of the recipe evaluated last. */
  readonly evaluation: Evaluation | null;
  /** Whether `evaluation` is of another recipe than the one shown. */
  readonly stale: boolean;
  /** Of the recipe shown, while it is evaluated: what the first of the inputs come to. */
  readonly partial: PartialFigures | null;
  /** The metric of the trail, sensitivity and auto-tune. */
  readonly metric: MetricId;
  /** Metrics that the outputs and inputs at hand allow. */
  readonly metrics: readonly MetricId[];
  readonly trail: readonly TrailPoint[];
  /** Of the recipe that was settled when it was asked for; null until asked for, or since the recipe changed. */
  readonly layerDrift: readonly LayerDrift[] | null;
  readonly sensitivity: Sensitivity | null;
  readonly tuning: Tuning | null;
}

export const notEvaluated: EvaluationState = {
  status: { kind: 'off' },
  live: true,
  graph: null,
  pairingConfirmed: false,
  inputs: null,
  source: null,
  kept: null,
  arrays: null,
  evaluation: null,
  stale: false,
  partial: null,
  metric: usualMetric,
  metrics: [],
  trail: [],
  layerDrift: null,
  sensitivity: null,
  tuning: null,
};

/** What no longer holds once graph or inputs are others. */
export const ofInputs = {
  evaluation: null,
  stale: false,
  partial: null,
  trail: [],
  layerDrift: null,
  sensitivity: null,
  tuning: null,
} satisfies Partial<EvaluationState>;

export function atRest({ graph }: EvaluationState): EvaluationStatus {
  return graph ? { kind: 'ready' } : { kind: 'off' };
}

/** Whether the figures shown are of some of the inputs, or about to change. */
export function isBusy({ status: { kind } }: EvaluationState): boolean {
  return kind === 'loading' || kind === 'evaluating' || kind === 'searching';
}
