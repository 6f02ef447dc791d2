/** Everything a person should know about the open checkpoint and what the recipe does to it, worst first. */
import type { Warning } from '../../../pruning/warnings';
import type { StudioState } from '../../../state/studio';
import type { TensorId } from '../../../tensors/tensor';

export interface Remark {
  /** Of a warning: what can be done about it hangs on that. */
  readonly code?: Warning['code'];
  readonly severity: 'danger' | 'warning' | 'info';
  readonly text: string;
  /** Layers it is about; none when it is about the file. */
  readonly tensors: readonly TensorId[];
}

const order = { danger: 0, warning: 1, info: 2 } as const;

export function remarksOf({ checkpoint, warnings }: Pick<StudioState, 'checkpoint' | 'warnings'>): Remark[] {
  const remarks: Remark[] = [...warnings];
  for (const { severity, text } of checkpoint?.notes ?? []) remarks.push({ severity, text, tensors: [] });
  if (checkpoint?.readOnly !== undefined) {
    remarks.push({ severity: 'warning', text: `It cannot be exported: ${checkpoint.readOnly}`, tensors: [] });
  }
  return remarks.sort((a, b) => order[a.severity] - order[b.severity]);
}
