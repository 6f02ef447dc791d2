/**
 * The one list of what the page can ask of the evaluation worker. Results are plain data; weights and activations stay
 * in workers. Tensors are those of the open checkpoint, by their ids there; graph inputs and outputs go by name.
 */
import type { Caller } from '../lib/calls/caller';
import type { Resize } from '../lib/imagePlacement';
import type { Channels } from '../pruning/channels';
import type { Repair } from '../pruning/repair';
import type { Dtype } from '../tensors/dtype';
import type { LayerKind, TensorId } from '../tensors/tensor';
import type { Evaluation, Outcomes, OutputDrift } from './evaluated';
import type { BySample } from './metrics/bySample';
import type { Figures } from './metrics/metrics';
import type { ModelCosts, PatternOfTensor, PermuteReport, RefusedSlim, SlimReport, SlimRequest } from './slim/protocol';

export type { Evaluation, Outcomes, OutputDrift };

/** A tensor of the open checkpoint, as far as pairing it with a graph needs it. */
export interface CheckpointTensor {
  readonly id: TensorId;
  readonly name: string;
  readonly container: string;
  readonly kind: LayerKind;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Whether a recipe may prune it. */
  readonly prunable: boolean;
  readonly byDefault: boolean;
  /** The tensor that this is another name for. */
  readonly sameAs?: TensorId;
}

export interface OpenGraphRequest {
  /** The ONNX model, and the files beside it that hold its weights; what else was given with them is left aside. */
  files: readonly File[];
  /** Whether the model is the open checkpoint itself: every tensor is then its own initializer. */
  isCheckpoint: boolean;
  tensors: readonly CheckpointTensor[];
}

/** A size, or the name of one that is chosen at run time (`batch`), or '' where the graph gives neither. */
export type Dimension = number | string;

/** What an axis counts. */
export type AxisRole = 'batch' | 'channels' | 'depth' | 'height' | 'width' | 'length' | 'past' | 'other';

export interface GraphValue {
  readonly name: string;
  readonly dtype: Dtype;
  /** Absent where the graph does not say. */
  readonly shape?: readonly Dimension[];
  /** Of an input that was looked at with its graph: what each axis counts. */
  readonly roles?: readonly AxisRole[];
}

/** A size that the inputs leave open; the same may be that of several axes. */
export interface OpenSize {
  /** By which it is set. */
  readonly name: string;
  /** `Width`, or `Width of mask` where there are two. */
  readonly label: string;
  /** Where it stands: `x: batch × 3 × 48 × width`. */
  readonly about: string;
  /** What random inputs start with. */
  readonly size: number;
}

/** How a tensor of the checkpoint was found in the graph. */
export type Match =
  | 'same file'
  /** Same name (up to prefixes), shape and content. */
  | 'name'
  /** Same shape and content under another name. */
  | 'content'
  /** The graph's is the checkpoint's times one number per output: batch normalisation was folded in. Its mask is used. */
  | 'folded'
  /** Same name and shape, another content: the checkpoint's weights are evaluated, not the graph's. */
  | 'name only';

export interface TensorPair {
  readonly tensor: TensorId;
  /** Name in the checkpoint. */
  readonly name: string;
  /** Name in the graph. */
  readonly initializer: string;
  readonly match: Match;
  /** The graph holds the two-dimensional tensor with its axes swapped. */
  readonly transposed: boolean;
}

export interface Pairing {
  readonly pairs: readonly TensorPair[];
  /** Tensors that may be pruned and were not found: pruning them does not show in the evaluation. Each with why, a few words. */
  readonly unmatched: readonly { readonly tensor: TensorId; readonly name: string; readonly reason: string }[];
  /** Tensors that the graph has in a layer that was found: those of batch norms, and the layer's own bias. */
  readonly foldedIn: readonly { readonly tensor: TensorId; readonly name: string; readonly layer: string }[];
  /** True where the two are different files and matches are not all by name and content: a person should look at the list. */
  readonly needsConfirmation: boolean;
}

export interface Runtime {
  readonly backend: 'wasm' | 'webgpu';
  readonly threads: number;
  /** For the badge: `ONNX Runtime, WASM × 4`, `ONNX Runtime, WebGPU`. */
  readonly label: string;
}

/** What opening a graph gives. */
export interface OpenedGraph {
  readonly fileName: string;
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  /** Sizes that the inputs leave open, each in words and with the size that random inputs start with. */
  readonly dimensions: readonly OpenSize[];
  readonly pairing: Pairing;
  readonly runtime: Runtime;
}

export interface ImagePreprocessing {
  readonly resize: Resize;
  readonly layout: 'NCHW' | 'NHWC';
  readonly channels: 'RGB' | 'BGR' | 'grey';
  /**
   * `unit`: to 0..1; then `imagenet`: minus mean, over standard deviation, per channel; `centred`: minus 0.5, over 0.5; `own`:
   * with the constants given. `none`: 0..255.
   */
  readonly normalisation: 'imagenet' | 'unit' | 'centred' | 'own' | 'none';
  /** Of `own`: one for each of red, green and blue. */
  readonly constants?: { readonly mean: readonly number[]; readonly deviation: readonly number[] };
  /** Height and width, where the graph leaves them open. */
  readonly size?: readonly [number, number];
}

/** What an array is used as. */
export type ArrayUse =
  | { readonly as: 'input'; readonly input: string }
  /** One class number a sample. */
  | { readonly as: 'labels' }
  | { readonly as: 'aside' };

/** An array of the files that were given. */
export interface GivenArray {
  /** Like no other's. */
  readonly key: string;
  readonly name: string;
  readonly file: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly use: ArrayUse;
  /** Why so, a few words: `by its name`, `2×5 is no batch × 3`. */
  readonly because: string;
}

/** What the model is run on. */
export type InputSource =
  /** Seeded random numbers that respect dtype and shape. `dimensions` sets named sizes. */
  | { readonly kind: 'random'; readonly seed: number; readonly dimensions: Readonly<Record<string, number>> }
  /**
   * `.npy`, `.npz` (labels in `y`) or ONNX test data (`input_0.pb`, …; `output_0.pb` is left aside). What each array is used as
   * is guessed, except where `uses` says it, by the keys of `GivenArray`.
   */
  | { readonly kind: 'arrays'; readonly files: readonly File[]; readonly uses?: ReadonlyMap<string, ArrayUse> }
  /** Images; a file's folder (`webkitRelativePath`, or `folders` by index) is its class where there are several. */
  | {
      readonly kind: 'images';
      readonly files: readonly File[];
      readonly folders?: readonly string[];
      readonly preprocessing: ImagePreprocessing;
    }
  /** Token ids, separated by spaces or commas; one sequence a line. */
  | { readonly kind: 'tokens'; readonly text: string };

export interface InputSummary {
  /** `599 samples from digits-test.npz`, `random, seed 1`, … */
  readonly title: string;
  readonly samples: number;
  /** As they are fed; a size that differs from sample to sample is the range of it. */
  readonly inputs: readonly { readonly name: string; readonly dtype: Dtype; readonly shape: readonly Dimension[] }[];
  /** Whether there are labels: then accuracy is measured. */
  readonly labelled: boolean;
  /** One a sample, in the order of `bySample`, where there are. */
  readonly labels?: Int32Array;
  /** Of the classes, in order of their numbers, where folders name them. */
  readonly classNames?: readonly string[];
  /** What had to be assumed or left out, one sentence each. */
  readonly remarks: readonly string[];
  /** Of the model as it is. */
  readonly baseline: Baseline;
}

/** How weights reach the session: fed as inputs at every run, or baked into a fresh session for each evaluation. */
export type Delivery = 'inputs' | 'session';

/** What the unpruned model does on the inputs. */
export interface Baseline extends Figures {
  readonly bySample?: BySample;
  readonly chosen?: Int32Array;
  /** One evaluation takes about this. */
  readonly milliseconds: number;
  readonly delivery: Delivery;
  /** Why, a few words: `12 ms against 31 ms with a session each`, `the model has 612 MB`, … */
  readonly deliveryReason: string;
}

/** How far a layer's own output is from the original's: where in the network the error arises. In order of the graph. */
export interface LayerDrift {
  readonly tensor: TensorId;
  /** Name of the layer's weight in the checkpoint. */
  readonly name: string;
  /** Operator that uses it. */
  readonly operator: string;
  readonly relativeL2: number;
}

/** A sample as an image. */
export interface SamplePicture {
  readonly width: number;
  readonly height: number;
  /** RGBA, row by row. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
}

/** A residual block of the unpruned model, and how much it changes what passes through it. In order of the graph. */
export interface BlockInfluence {
  /** The module that its weights are in. */
  readonly name: string;
  /** Its weights, in order of use. */
  readonly tensors: readonly TensorId[];
  /** 1 − the mean cosine of its input and output over all positions: 0 changes nothing but their size. */
  readonly influence: number;
  /** That it was measured on. */
  readonly samples: number;
}

/** ‖x‖ of each input channel of a layer (`Wanda`, arXiv:2306.11695, section 3). */
export interface CollectedInputNorms {
  readonly tensor: TensorId;
  /**
   * One per input channel: the square root of the sum of squares over all samples and positions, divided by the number
   * of samples. Of a grouped convolution all groups' channels, group by group.
   */
  readonly norms: Float32Array;
  /** The axis of the checkpoint's tensor that counts input channels (of one group). */
  readonly inputAxis: number;
  /** Of the inputs, from the first on, that the model was run on. */
  readonly samples: number;
}

/** What a repair fits the weights on: inputs without labels, and none that its quality is measured on. */
export type CalibrationSource =
  /** A seeded draw from the inputs, at most half of them: the quality figures are of the others from then on. */
  | { readonly kind: 'share'; readonly samples: number; readonly seed: number }
  /** Inputs of their own, the first `samples` of them. */
  | { readonly kind: 'own'; readonly source: InputSource; readonly samples?: number };

export interface Calibration {
  /** `256 samples from digits-calibration.npz`, `256 of 600 samples from test.npz`, … */
  readonly title: string;
  readonly samples: number;
  /** Of the inputs, how many the quality figures are measured on. */
  readonly judged: number;
  /** The inputs as they are judged on now. Absent where they are the same as before. */
  readonly inputs?: InputSummary;
}

/** A repair that made the model no better: nothing was kept. */
export interface RefusedRepair {
  /** One sentence. */
  readonly refused: string;
}

export interface RepairRequest {
  /** Exact; in rounds those that begin with the repair before. */
  outcomes: Outcomes;
  /** `damping`: λ over the mean of the diagonal of H (docs/repair.md). */
  settings: { readonly damping: number };
  /** Of the repair: the engine keeps its values under it. */
  id: string;
  /** `hashOfRecipe` of the recipe that the outcomes are of. */
  of: string;
  /** Whether weights were repaired between the recipe's steps, too. */
  between?: boolean;
}

/** Samples by their places in the order of figures by sample, both ascending; together all. */
export interface Parts {
  /** Something is found with these, */
  readonly search: readonly number[];
  /** and judged on these. */
  readonly verdict: readonly number[];
}

export interface EvaluationApi {
  /**
   * Gives the worker the port on which the engine answers, before all else.
   * @param request.backend which ONNX Runtime has to use; absent: WebGPU where there is an adapter worth it
   */
  connect(request: { port: MessagePort; backend?: Runtime['backend'] | undefined }): void;
  /** Reads the graph and pairs its initializers with the checkpoint's tensors. What was open before is released. */
  openGraph(request: OpenGraphRequest): OpenedGraph;
  /** Reads the inputs, runs the model as it is and keeps its outputs. */
  setInputs(request: { source: InputSource }): InputSummary;
  /**
   * Runs the pruned model, on the same samples first every time; progress says what those so far come to. Latest wins: an
   * evaluation under way is cancelled after the batch that it is at.
   */
  evaluate(request: { outcomes: Outcomes; part?: keyof Parts | undefined }): Evaluation;
  /**
   * Parts the samples in halves by a seeded draw, each label alike, and runs the original on both: `evaluate` then takes a
   * part. Holds until the inputs are others; asked again it answers the same.
   */
  splitInputs(request: { seed: number }): Parts;
  /** Outcomes as before may mean other masks from here on: what scores are made of beside the weights has changed. */
  forgetMasks(request: Record<string, never>): void;
  /** Runs original and pruned once more, with every layer's output. */
  layerDrift(request: { outcomes: Outcomes }): readonly LayerDrift[];
  /**
   * Samples as the model is fed with them, by their places in the order of figures by sample, ascending. None where they are no images.
   */
  samplePictures(request: { places: readonly number[] }): readonly SamplePicture[];
  /** Of the unpruned model, on the calibration inputs, where there are any, else on those that are evaluated. None: it has no such blocks. */
  blockInfluence(request: Record<string, never>): readonly BlockInfluence[];
  /** For the tensors given, or for all that are weights of linear and convolution layers in the graph. */
  inputNorms(request: { tensors?: readonly TensorId[] }): readonly CollectedInputNorms[];
  /**
   * Of the calibration inputs, where there are any, else of those that are evaluated: 1 / √[H⁻¹]ⱼⱼ of each column, over the root of the
   * layer's output energy, as `norms`: for every place of the kernel in each input channel, of every group.
   */
  inputMoments(request: { tensors?: readonly TensorId[] }): {
    readonly title: string;
    readonly samples: number;
    readonly collected: readonly CollectedInputNorms[];
  };
  /** What repairs are fitted on, until other inputs are set. @throws CheckpointError `evaluation-failed` below 32 samples */
  setCalibration(request: { source: CalibrationSource }): Calibration;
  /** A share of the inputs is judged on again. @returns the inputs, where they are others than before */
  clearCalibration(request: Record<string, never>): InputSummary | undefined;
  /**
   * Fits the weights that are left, layer by layer, so that each gives again what it gave before, and has the engine keep
   * them. Nothing is kept where it is cancelled, or the model did not get better.
   */
  repair(request: RepairRequest): Repair | RefusedRepair;
  /**
   * Which channels of the graph go together, and what each matters: by the inputs that are there (calibration inputs first), else by
   * weights alone. Equal keys, equal channels.
   */
  channels(request: Record<string, never>): Channels;
  /** What the model costs for one sample; with outcomes, what is left of it where zeros are not counted. */
  costs(request: { outcomes?: Outcomes | undefined }): ModelCosts;
  /**
   * Makes the smaller model, holds it against the same with zeros in the place of what went, measures both, and keeps it for
   * `slimModel`. The open graph stays as it is.
   */
  slim(request: SlimRequest): SlimReport | RefusedSlim;
  /** The smaller model that was made last. @throws CheckpointError `internal` where that is another, or none */
  slimModel(request: { id: string }): Blob;
  /** Looks for an order of the graph's channels in which patterns keep more. Nothing is kept. */
  permute(request: { patterns: readonly PatternOfTensor[] }): PermuteReport | RefusedSlim;
  /** Releases sessions and inputs. */
  close(request: Record<string, never>): void;
}

export interface EvaluationProgress {
  stage: 'loading ONNX Runtime' | 'reading graph' | 'pairing' | 'reading inputs' | 'running' | 'repairing' | 'slimming';
  /** Bytes, samples or tensors; of a repair, or a smaller model, the parts of its work, about alike. */
  done: number;
  total: number;
  /** What was found in array files, and what it is used as: said before it is known whether the model takes it. */
  arrays?: readonly GivenArray[];
  /** Name of the weight that is being fitted. */
  layer?: string;
  /** Of `slimming`: what is being done, a few words: `measuring groups of channels`. */
  what?: string;
  /** Of `evaluate`, from its first figure on: what the samples that are done come to. */
  partial?: PartialEvaluation;
}

/** Of the first of the samples. */
export interface PartialEvaluation {
  readonly evaluation: Evaluation;
  /** What the unpruned model does on the same samples. */
  readonly unpruned: Figures;
}

/** Whoever runs models: the client of a worker, or handlers in this thread (`callsHere`). */
export type EvaluationCalls = Caller<EvaluationApi, EvaluationProgress>;
