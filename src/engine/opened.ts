/** What opening a checkpoint gives the page: every tensor with its statistics, and no weight. */
import type { Note } from '../formats/format';
import type { Part } from '../lib/parts';
import type { Axes } from '../tensors/axes';
import type { Capabilities } from '../tensors/capabilities';
import type { Dtype } from '../tensors/dtype';
import type { Ordered } from '../tensors/layerOrder';
import type { TensorStatistics } from '../tensors/statistics';
import type { LayerKind, StoredAs, TensorId } from '../tensors/tensor';

/** One row of the Layers table: a tensor of the checkpoint. */
export interface Layer {
  readonly id: TensorId;
  readonly name: string;
  /** Where its state dict sits in the file (`state_dict`), '' at the top. */
  readonly container: string;
  readonly kind: LayerKind;
  readonly dtype: Dtype;
  /** As TensorInfo's. */
  readonly stored?: StoredAs;
  readonly shape: readonly number[];
  readonly numel: number;
  /** What decided the kind: words that follow it. */
  readonly because?: string;
  /** Where known. */
  readonly axes?: Axes;
  /** The tensor whose weights these are, when this is only another name for them (tied) or a view into them. */
  readonly sameAs?: TensorId;
  /** On that tensor: the other names. */
  readonly alsoNamed: readonly TensorId[];
  /** The tensors that own weights of this one, which changes with them: `sameAs`, or several. Absent: it shares nothing of others. */
  readonly sharesWith?: readonly TensorId[];
  /** On those tensors: the others that hold some of their weights, too. Without `alsoNamed`. */
  readonly sharedBy?: readonly TensorId[];
  /** Whether any recipe can prune it. False for integers, optimizer state, overlapping strides, tied names, … */
  readonly prunable: boolean;
  /** Whether rules that do not name it prune it. */
  readonly byDefault: boolean;
  /** By hand, in the recipe: no edit reaches it, and no rule that does not say `locked`. */
  readonly locked?: true;
  /** Why it is not prunable, or off by default: a few words. Absent when byDefault. */
  readonly reason?: string;
  /** Which model of the file it belongs to, as `ModelOfFile.id`; absent where there is one, and for state of training. */
  readonly model?: string;
  /** Its name in that model: its twin in a copy of the model has the same. Present where `model` is. */
  readonly nameInModel?: string;
  /** The weights that this is the pruning mask of: `X_mask` beside `X_orig` (torch.nn.utils.prune), or in a dict of masks. */
  readonly maskOf?: TensorId;
  /** Present for tensors whose bytes can be read as f64, f32, f16 or bf16. */
  readonly statistics?: TensorStatistics;
}

/** A model of the file: global amounts are taken in each for itself. */
export interface ModelOfFile {
  /** Where it sits in the file: the path of its dict. '' for the outermost one. */
  readonly id: string;
  readonly title: string;
  /** Tensors that are in by default, and their weights. */
  readonly layers: number;
  readonly weights: number;
  /** The model whose copy it is: the same names and shapes. */
  readonly twinOf?: string;
}

export interface OpenedCheckpoint extends Ordered {
  /** Of the first part. */
  readonly fileName: string;
  /** The files that it is made of, at least one. */
  readonly parts: readonly Part[];
  /** Of all of them, in bytes. */
  readonly size: number;
  readonly format: string;
  readonly can: Capabilities;
  /** In the order of the file: an id is an index. */
  readonly layers: readonly Layer[];
  /** At least one, in the order of the file. */
  readonly models: readonly ModelOfFile[];
  readonly notes: readonly Note[];
  /** Weights that all the model is fed with has to pass. Absent where there is no graph. */
  readonly onlyWays?: readonly TensorId[];
  /** Weights whose outputs are the model's. Absent where there is no graph. */
  readonly heads?: readonly TensorId[];
  /** How large the files are as they were given, where weights compressed in them are exported uncompressed. In bytes. */
  readonly compressedSize?: number;
  /** Why it cannot be exported. */
  readonly readOnly?: string;
}
