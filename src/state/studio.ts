/** The studio's state and everything a person can do to it. Views read it with `useStudio(selector)`. */

import type { Progress } from '../engine/callContext';
import type { OpenedCheckpoint } from '../engine/opened';
import type { Preview, PreviewRequest } from '../engine/pictures/picture';
import type { Destination, ExportedFile, ExportKind, ExportReport } from '../engine/protocol';
import type { ReferenceReport } from '../engine/reading/reference';
import type { CheckpointError } from '../lib/errors';
import type { Method } from '../pruning/method';
import type { ModelOutcome } from '../pruning/modelOutcome';
import type { Preset } from '../pruning/presets';
import type { Recipe, Rule } from '../pruning/recipe';
import type { Candidate, Outcome, Resolution } from '../pruning/resolution';
import type { Warning } from '../pruning/warnings';
import type { Axes } from '../tensors/axes';
import type { TensorId } from '../tensors/tensor';
import type { EvaluationSlice } from './evaluation';
import type { ModelChoice } from './modelChoice';
import type { Said } from './overrule';

// What the state holds, named here for the views, which see nothing below it.
export type { Progress } from '../engine/callContext';
export type { Layer, ModelOfFile, OpenedCheckpoint } from '../engine/opened';
export type { Preview, Region } from '../engine/pictures/picture';
export type { Destination, ExportedFile, ExportKind, ExportReport } from '../engine/protocol';
export type { ReferenceReport } from '../engine/reading/reference';

/** Never a pair of booleans. `error` lasts from a failed operation until the next one starts. */
export type Status =
  | { kind: 'empty' }
  | { kind: 'opening'; fileName: string; progress: Progress | null }
  | { kind: 'ready' }
  | { kind: 'exporting'; progress: Progress | null }
  | { kind: 'error'; error: CheckpointError };

/** What the handle and its number fields act on. */
export type EditScope = 'layer' | 'selected' | 'model';

/** ‖x‖ of each input of a layer. */
export interface InputNorms {
  readonly norms: Float32Array;
  /** Of the tensor, when they were collected: along others they mean nothing. */
  readonly axes?: Axes;
  /** What the model was run on, in words. */
  readonly inputs: string;
}

/** Exports whose size says whether they are worth it. */
export type EstimatedKind = 'gzip' | 'sparse-onnx';
export type SizeEstimates = { readonly [kind in EstimatedKind]?: number };

/** What part of a tensor is to be drawn, in how many cells. */
export type PictureView = Omit<PreviewRequest, 'outcome'>;

export interface Picture {
  readonly view: PictureView;
  readonly cells: Preview;
}

export interface StudioState extends EvaluationSlice {
  status: Status;
  /** As the file was opened: another object where another file is. */
  opened: OpenedCheckpoint | null;
  /** As the recipe has it: what its tensors are may be set by hand there. Every view reads this one. */
  checkpoint: OpenedCheckpoint | null;
  /** Its tensors that recipes can prune, as pruning sees them. */
  candidates: readonly Candidate[];
  /** What computes: `WASM SIMD × 2`, `WebGPU · NVIDIA`; '' until the engine has said it. */
  computing: string;
  /** An earlier checkpoint, for the criterion `magnitude_increase`. */
  reference: ReferenceReport | null;
  /** What the engine has for the criterion `activation`, by tensor. */
  inputNorms: ReadonlyMap<TensorId, InputNorms>;

  /** The recipe as shown: during a gesture, the one being dragged. */
  recipe: Recipe;
  /** Of `recipe`, updated in the same frame. */
  resolution: Resolution;
  outcome: ModelOutcome;
  /** Of the last committed recipe: for charts that must not follow a drag. */
  settled: Resolution;
  /** By tensor, of the last committed recipe: the rule that decides for it, in the last step that has one. */
  deciding: ReadonlyMap<TensorId, Rule>;
  /** The pass over the weights that exact figures, or the scores of a method, wait for. */
  pass: { readonly progress: Progress | null } | null;
  warnings: readonly Warning[];
  canUndo: boolean;
  canRedo: boolean;

  /** Rows chosen in the table, in order of choosing; the last one is shown in the editor. Never empty while a checkpoint is open (unless it has no tensors). */
  selection: readonly TensorId[];
  editScope: EditScope;
  exportReport: ExportReport | null;
  /** Bytes, once they were estimated for the settled recipe. */
  sizeEstimates: SizeEstimates;

  openFiles(files: readonly File[]): Promise<void>;
  /** Fetches `samples/<name>` from our own origin and opens it. */
  openSample(name: string): Promise<void>;
  /** Cancels opening or exporting, at once. */
  cancel(): void;
  dismissError(): void;
  /** As the error of a failed operation. */
  showError(error: CheckpointError): void;

  /** `add`: Ctrl+click toggles one. `range`: the caller passes all ids between. */
  select(ids: readonly TensorId[], how: 'only' | 'add'): void;
  setEditScope(scope: EditScope): void;

  /** The last one drawn: it stays until the next one is there. */
  picture: Picture | null;
  /** Why the last one asked for is not there. */
  pictureError: CheckpointError | null;
  isDrawing: boolean;
  /**
   * Asks for a picture of a tensor as an outcome leaves it. Another view takes the place of the one under way at once;
   * another outcome waits for it, so that a drag shows what it passes; where that takes much reading, what it ends at.
   */
  drawPicture(view: PictureView, outcome: Outcome | undefined): void;

  /** Switches tensors in or out of pruning. One history entry. */
  setIncluded(ids: readonly TensorId[], included: boolean): void;
  /**
   * Says what tensors are, in the place of what the file says; undefined: as the file says. One history entry. Tensors
   * whose method cannot prune them then are left as they are until it is set again.
   * @param tensors patterns on names
   */
  overrule(tensors: readonly string[], said: Said | undefined): void;
  /** Which of the file's models are pruned. One history entry. */
  chooseModels(choice: ModelChoice): void;
  /** Prunes the edit scope by another method, as far as its tensors can take it. One history entry. */
  setMethod(method: Method): void;
  /** One history entry. */
  applyPreset(preset: Preset): void;
  /** What a recipe would make of the checkpoint, as far as that is known without a pass. @throws CheckpointError */
  preview(recipe: Recipe): Resolution;
  /** Stops the pass and takes back what needed it. */
  cancelPass(): void;
  openReference(file: File): Promise<void>;

  /** A gesture is one undo: begin, any number of dragThreshold, then commit (or bail: back to before, not redoable). */
  beginGesture(): void;
  dragThreshold(threshold: number): void;
  commitGesture(): void;
  bailGesture(): void;
  /** Typed values for the edit scope. One history entry each. `sparsity` is 0 to 1. */
  setThreshold(threshold: number): void;
  setTargetSparsity(sparsity: number): void;
  /** Back to nothing pruned in the edit scope. */
  resetScope(): void;
  undo(): void;
  redo(): void;
  /** @throws CheckpointError invalid-recipe, also shown through status */
  applyRecipe(recipe: Recipe): void;

  /** Resolves exactly, then writes. With a destination: "Save to…". */
  exportCheckpoint(destination?: Destination): Promise<void>;
  clearExportReport(): void;
  /** The exact outcome of every tensor that is in; undefined where that was cancelled or failed, which the status says. */
  settleExactly(): Promise<ReadonlyMap<TensorId, Outcome> | undefined>;
  /** One of `availableExports`. Undefined where it was cancelled or failed, which the status says. */
  exportAs(kind: ExportKind): Promise<Required<ExportedFile> | undefined>;
  /** Fills `sizeEstimates` in. */
  estimateSize(kind: EstimatedKind): Promise<void>;
}
