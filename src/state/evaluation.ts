/** Evaluation as the studio holds it: the graph, its inputs, what pruning does to its outputs, and the searches over both. */

import type { MetricId } from '../evaluation/metrics/metrics';
import type { Evaluation, InputSource, InputSummary, LayerDrift, OpenedGraph } from '../evaluation/protocol';
import type { TuneGoal } from '../evaluation/search/autoTune';
import type { Trial } from '../evaluation/search/bench';
import type { Sensitivity } from '../evaluation/search/sensitivity';
import type { CheckpointError } from '../lib/errors';
import type { Tuning } from './searches';

export type { MetricId } from '../evaluation/metrics/metrics';
// What the state holds, named here for the views, which see nothing below it.
export type * from '../evaluation/protocol';
export type { TuneGoal } from '../evaluation/search/autoTune';
export type { Sensitivity, SensitivityCell, SensitivityCurve } from '../evaluation/search/sensitivity';
export type { Tuning } from './searches';

/** Never a pair of booleans. */
export type EvaluationStatus =
  /** No graph: `openGraph` (or `evaluateCheckpoint` where the checkpoint is an ONNX model) starts. */
  | { readonly kind: 'off' }
  /** ONNX Runtime, graph or inputs are being read, or norms of inputs collected. `stage` is shown as it is. */
  | { readonly kind: 'loading'; readonly stage: string; readonly done: number; readonly total: number }
  /** Graph and inputs are there; `evaluation` holds the newest result. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'evaluating' }
  /** Sensitivity or auto-tune has the runtime; live evaluation waits. */
  | { readonly kind: 'searching' }
  /** One sentence in `error.message`. The studio goes on without evaluation; the next action tries again. */
  | { readonly kind: 'failed'; readonly error: CheckpointError };

/** One evaluated recipe. */
export interface TrailPoint extends Omit<Trial, 'zeros'> {
  readonly id: number;
  /** Who made the recipe. `global` is the one global magnitude threshold that auto-tune compares itself with. */
  readonly origin: 'edit' | 'auto-tune' | 'global';
}

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
  /** Of the recipe evaluated last. */
  readonly evaluation: Evaluation | null;
  /** Whether `evaluation` is of another recipe than the one shown. */
  readonly stale: boolean;
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

/** What the store gains. Promises never reject: what went wrong is in `evaluation.status`. */
export interface EvaluationSlice {
  readonly evaluation: EvaluationState;

  /** Whether the open checkpoint is a graph that can be run as it is. */
  canEvaluateCheckpoint(): boolean;
  /** The open ONNX checkpoint is its own graph. Starts with random inputs, then evaluates. */
  evaluateCheckpoint(): Promise<void>;
  /** Pairs the open checkpoint with the graph that was exported from it. */
  pairGraph(model: File): Promise<void>;
  confirmPairing(): Promise<void>;
  setInputs(source: InputSource): Promise<void>;
  /** Fetches `samples/<name>` from our own origin as arrays. */
  setSampleInputs(name: string): Promise<void>;
  setLive(live: boolean): void;
  setMetric(metric: MetricId): void;
  /** Evaluates the settled recipe now, live or not. */
  evaluateNow(): Promise<void>;
  /** Back to the recipe of a point of the trail: one history entry. */
  returnTo(point: TrailPoint): void;
  clearTrail(): void;
  measureLayerDrift(): Promise<void>;
  /** Every layer that is in × every sparsity of the ladder (a default one where none is given). */
  measureSensitivity(ladder?: readonly number[]): Promise<void>;
  autoTune(goal: TuneGoal): Promise<void>;
  collectActivationNorms(): Promise<void>;
  /** Stops sensitivity, auto-tune, loading or collecting; what is done is kept. */
  cancelEvaluation(): void;
  /** The sensitivity table as CSV: layer, weights, sparsity, and every metric at hand. */
  sensitivityCsv(): string;
  /** Forgets graph and inputs and frees the runtime. */
  closeEvaluation(): void;
}
