/** What becomes of a checkpoint's tensors, and of the module that they are of, where channels of its graph go. */
import type { KeptAxis } from '../tensors/graph/slimPlan';
import type { TensorId } from '../tensors/tensor';

export const checkpointPlanFormat = 'secateur-slim-state-dict';
export const checkpointPlanVersion = 1;

export interface CheckpointPlan {
  /** The state dict that gets smaller: where it sits in the file, '' at the top. */
  readonly container: string;
  readonly tensors: readonly CutTensor[];
  /** Of convolutions whose groups go, how many stay. */
  readonly groups: readonly { readonly module: string; readonly groups: number }[];
  /** What is left to a person, and what is left out: one sentence each. */
  readonly remarks: readonly string[];
}

/** A tensor that loses indices. */
export interface CutTensor {
  readonly tensor: TensorId;
  /** Its key in the state dict. */
  readonly name: string;
  readonly axes: readonly KeptAxis[];
  /** In f32: what it holds instead, for all indices that there were. */
  readonly values?: readonly number[];
}

/** A checkpoint that cannot be made as small as its graph. */
export interface RefusedPlan {
  /** One sentence. */
  readonly refused: string;
}

/** The text of `slim-plan.json`: kept indices by tensor and axis, groups by module. Equal plans give equal text. */
export function formatCheckpointPlan({ tensors, groups, remarks }: CheckpointPlan): string {
  const document = {
    format: checkpointPlanFormat,
    version: checkpointPlanVersion,
    tensors: Object.fromEntries(
      tensors.map(({ name, axes }) => [name, Object.fromEntries(axes.map(({ axis, kept }) => [axis, kept]))]),
    ),
    groups: Object.fromEntries(groups.map(({ module, groups: left }) => [module, left])),
    ...(remarks.length > 0 && { remarks }),
  };
  return `${JSON.stringify(document)}\n`;
}
