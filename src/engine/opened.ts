/** What opening a checkpoint gives the page: every tensor with its statistics, and no weight. */
import type { Note } from '../formats/format';
import type { Dtype } from '../tensors/dtype';
import type { TensorStatistics } from '../tensors/statistics';
import type { LayerKind, TensorId } from '../tensors/tensor';

/** One row of the Layers table: a tensor of the checkpoint. */
export interface Layer {
  readonly id: TensorId;
  readonly name: string;
  /** Where its state dict sits in the file (`state_dict`), '' at the top. */
  readonly container: string;
  readonly kind: LayerKind;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly numel: number;
  readonly outputAxis?: number;
  /** The tensor whose weights these are, when this is only another name for them (tied) or a view into them. */
  readonly sameAs?: TensorId;
  /** On that tensor: the other names. */
  readonly alsoNamed: readonly TensorId[];
  /** Whether any recipe can prune it. False for integers, optimizer state, overlapping strides, tied names, … */
  readonly prunable: boolean;
  /** Whether rules that do not name it prune it. */
  readonly byDefault: boolean;
  /** Why it is not prunable, or off by default: a few words. Absent when byDefault. */
  readonly reason?: string;
  /** The weights that this is the pruning mask of, where the file holds `X_orig` and `X_mask` (torch.nn.utils.prune). */
  readonly maskOf?: TensorId;
  /** Present for f64, f32, f16 and bf16 tensors whose bytes can be read. */
  readonly statistics?: TensorStatistics;
}

export interface OpenedCheckpoint {
  readonly fileName: string;
  /** In bytes. */
  readonly size: number;
  readonly format: string;
  readonly layers: readonly Layer[];
  readonly notes: readonly Note[];
  /** Why it cannot be exported. */
  readonly readOnly?: string;
}
