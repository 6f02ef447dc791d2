/** The studio's state and everything a person can do to it. Views read it with `useStudio(selector)`. */
import type { OpenedCheckpoint } from '../engine/opened';
import type { ExportReport, Progress } from '../engine/protocol';
import type { CheckpointError } from '../lib/errors';
import type { Criterion, Recipe } from '../pruning/recipe';
import type { Resolution } from '../pruning/resolution';
import type { Warning } from '../pruning/warnings';
import type { TensorId } from '../tensors/tensor';
import type { EvaluationSlice } from './evaluation';

// What the state holds, named here for the views, which see nothing below it.
export type { Layer, OpenedCheckpoint } from '../engine/opened';
export type { ExportReport, Progress } from '../engine/protocol';

/** Never a pair of booleans. `error` lasts from a failed operation until the next one starts. */
export type Status =
  | { kind: 'empty' }
  | { kind: 'opening'; fileName: string; progress: Progress | null }
  | { kind: 'ready' }
  | { kind: 'exporting'; progress: Progress | null }
  | { kind: 'error'; error: CheckpointError };

/** What the handle and its number fields act on. */
export type EditScope = 'layer' | 'selected' | 'model';

/** Of the weights that are in (that some rule decides for). */
export interface ModelOutcome {
  /** Weights that are in. */
  weights: number;
  /** Zeros among them before and after. */
  zerosBefore: number;
  zeros: number;
  /** zeros / weights, 0 when nothing is in. */
  sparsity: number;
  /** False while figures inside a bin wait for the refining pass. */
  exact: boolean;
}

export interface StudioState extends EvaluationSlice {
  status: Status;
  checkpoint: OpenedCheckpoint | null;

  /** The recipe as shown: during a gesture, the one being dragged. */
  recipe: Recipe;
  /** Of `recipe`, updated in the same frame. */
  resolution: Resolution;
  outcome: ModelOutcome;
  /** Of the last committed recipe: for charts that must not follow a drag. */
  settled: Resolution;
  warnings: readonly Warning[];
  canUndo: boolean;
  canRedo: boolean;

  /** Rows chosen in the table, in order of choosing; the last one is shown in the editor. Never empty while a checkpoint is open (unless it has no tensors). */
  selection: readonly TensorId[];
  editScope: EditScope;
  exportReport: ExportReport | null;

  openFiles(files: readonly File[]): Promise<void>;
  /** Fetches `samples/<name>` from our own origin and opens it. */
  openSample(name: string): Promise<void>;
  /** Cancels opening or exporting, at once. */
  cancel(): void;
  dismissError(): void;

  /** `add`: Ctrl+click toggles one. `range`: the caller passes all ids between. */
  select(ids: readonly TensorId[], how: 'only' | 'add'): void;
  setEditScope(scope: EditScope): void;

  /** Switches tensors in or out of pruning. One history entry. */
  setIncluded(ids: readonly TensorId[], included: boolean): void;
  setCriterion(criterion: Criterion): void;

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
  exportCheckpoint(destination?: FileSystemFileHandle): Promise<void>;
  clearExportReport(): void;
}
