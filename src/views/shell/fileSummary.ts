/** A checkpoint in one line. */
import type { OpenedCheckpoint } from '../../state/checkpointSlice';
import { storedLabel } from '../../tensors/dtype';
import type { LayerKind } from '../../tensors/tensor';

export interface FileSummary {
  readonly tensors: number;
  /** Elements of everything that is learned: no buffers, no optimizer state, shared weights once. */
  readonly parameters: number;
  /** Of those parameters, the one with the most elements first: `f32, f16`. */
  readonly dtypes: string;
}

const notLearned: readonly LayerKind[] = ['buffer', 'mask', 'optimizer', 'integer'];

export function fileSummary({ layers }: OpenedCheckpoint): FileSummary {
  let parameters = 0;
  const elements = new Map<string, number>();
  for (const layer of layers) {
    const { kind, sharesWith, numel } = layer;
    if (sharesWith !== undefined || notLearned.includes(kind)) continue;
    parameters += numel;
    const label = storedLabel(layer);
    elements.set(label, (elements.get(label) ?? 0) + numel);
  }
  const dtypes = [...elements].sort(([, a], [, b]) => b - a).map(([label]) => label);
  return { tensors: layers.length, parameters, dtypes: dtypes.join(', ') };
}
