/** Evaluation as the studio holds it: the graph, its inputs, what pruning does to its outputs, and the searches over both. */
import type { Evaluation, InputSource, InputSummary, LayerDrift, OpenedGraph } from '../evaluation/protocol';
import type { MetricId } from '../evaluation/quality';
import type { CheckpointError } from '../lib/errors';
import type { Recipe } from '../pruning/recipe';
import type { TensorId } from '../tensors/tensor';

// What the state holds, named here for the views, which see nothing below it.
export type * from '../evaluation/protocol';
export type { Metric, MetricId } from '../evaluation/quality';

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
export interface TrailPoint {
  readonly id: number;
  readonly recipe: Recipe;
  /** Of the weights that are in, 0 to 1. */
  readonly sparsity: number;
  readonly evaluation: Evaluation;
  /** Who made the recipe. `global` is the one global magnitude threshold that auto-tune compares itself with. */
  readonly origin: 'edit' | 'auto-tune' | 'global';
}

/** One layer pruned alone. */
export interface SensitivityCell {
  readonly tensor: TensorId;
  /** As asked, 0 to 1. */
  readonly sparsity: number;
  readonly evaluation: Evaluation;
}

export interface SensitivityCurve {
  readonly tensor: TensorId;
  readonly name: string;
  /** Weights of the layer. */
  readonly weights: number;
  /** By ascending sparsity; shorter than the ladder while it runs, or where it was cancelled. */
  readonly cells: readonly SensitivityCell[];
}

export interface Sensitivity {
  /** Sparsities tried, ascending. */
  readonly ladder: readonly number[];
  /** One per layer that is in, in file order. */
  readonly curves: readonly SensitivityCurve[];
  readonly done: number;
  readonly total: number;
  /** Estimated from the cells done so far; 0 when finished. */
  readonly millisecondsLeft: number;
  readonly state: 'running' | 'finished' | 'cancelled';
}

/** What auto-tune is asked for. */
export type TuneGoal =
  /**
   * The sparsest model whose metric stays at least as good as `limit`: an absolute value (top-1 agreement 0.99, drift
   * 0.05), or for accuracy the value to stay above (baseline minus 0.01).
   */
  | { readonly kind: 'sparsest'; readonly metric: MetricId; readonly limit: number }
  /** The best metric at this sparsity, 0 to 1. */
  | { readonly kind: 'best'; readonly metric: MetricId; readonly sparsity: number };

export interface Tuning {
  readonly goal: TuneGoal;
  readonly state: 'running' | 'finished' | 'cancelled' | 'impossible';
  /** Whole-model evaluations so far. */
  readonly evaluations: number;
  /** Present when finished: the answer (its recipe is applied), and global magnitude pruning at the same sparsity. */
  readonly tuned?: TrailPoint;
  readonly global?: TrailPoint;
  /** One sentence: what was found, and whether it beats global magnitude. */
  readonly verdict?: string;
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
