/** What a person should know before exporting. */
import type { TensorId } from '../tensors/tensor';

export interface Warning {
  readonly code: 'layer-emptied' | 'layer-nearly-emptied' | 'delicate-pruned' | 'non-finite' | 'nothing-pruned';
  /** `danger`: the model will not work. */
  readonly severity: 'danger' | 'warning' | 'info';
  /** One sentence that names the layers. */
  readonly text: string;
  readonly tensors: readonly TensorId[];
}
