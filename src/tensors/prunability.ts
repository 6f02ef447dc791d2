/** What may be pruned, what is by default, and the few words that say why not. */
import { isFloat, isPrunableDtype, labelOf } from './dtype';
import { layoutOf } from './layout';
import type { Role } from './sharing';
import { type LayerKind, numelOf, type TensorInfo } from './tensor';

export interface Prunability {
  /** Whether any recipe can prune it. */
  readonly prunable: boolean;
  /** Whether rules that do not name it prune it. */
  readonly byDefault: boolean;
  /** Absent when byDefault. */
  readonly reason?: string;
}

const offByDefault: Partial<Record<LayerKind, string>> = {
  embedding: 'embedding: off by default',
  norm: 'normalisation: off by default',
  bias: 'bias: off by default',
  prelu: 'PReLU: off by default',
  buffer: 'buffer: off by default',
  parameter: 'not a conv, linear or recurrent weight: off by default',
};

/** @param nameOf for the reason of tied and overlapping tensors */
export function prunabilityOf(tensor: TensorInfo, role: Role, nameOf: (id: number) => string): Prunability {
  const never = (reason: string): Prunability => ({ prunable: false, byDefault: false, reason });
  if (tensor.readOnly !== undefined) return never(tensor.readOnly);
  if (tensor.kind === 'optimizer') return never('optimizer state: never touched');
  if (!isPrunableDtype(tensor.dtype)) {
    return never(
      isFloat(tensor.dtype)
        ? `${labelOf(tensor.dtype)}: not prunable yet`
        : `${labelOf(tensor.dtype)}: not floating point`,
    );
  }
  switch (role.kind) {
    case 'tied':
      return never(`tied: the same weights as ${nameOf(role.owner)}`);
    case 'view':
      return never(`a view into ${nameOf(role.owner)}: pruned with it`);
    case 'entangled':
      return never(`shares part of its storage with ${nameOf(role.other)}`);
    case 'owner':
  }
  if (layoutOf(tensor.shape, tensor.strides).kind === 'overlapping') {
    return never('overlaps itself (expanded or strided): one element has several places');
  }
  if (numelOf(tensor.shape) === 0) return never('empty');
  const reason = offByDefault[tensor.kind];
  if (reason !== undefined) return { prunable: true, byDefault: false, reason };
  if (tensor.shape.length < 2)
    return { prunable: true, byDefault: false, reason: 'fewer than two dimensions: off by default' };
  return { prunable: true, byDefault: true };
}
