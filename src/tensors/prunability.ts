/** What may be pruned, what is by default, and the few words that say why not. */
import { at } from '../lib/known';
import { isFloat, isPrunableDtype, labelOf } from './dtype';
import { layoutOf } from './layout';
import { ownersOf, type Role } from './role';
import { type LayerKind, numelOf, type TensorId, type TensorInfo } from './tensor';

export interface Prunability {
  /** Whether any recipe can prune it. */
  readonly prunable: boolean;
  /** Whether rules that do not name it prune it. */
  readonly byDefault: boolean;
  /** Absent when byDefault. */
  readonly reason?: string;
}

const offByDefault: Partial<Record<LayerKind, string>> = {
  router: 'router: off by default',
  unknown: 'use unknown: off by default',
  embedding: 'embedding: off by default',
  norm: 'normalisation: off by default',
  bias: 'bias: off by default',
  prelu: 'PReLU: off by default',
  buffer: 'buffer: off by default',
  parameter: 'no weight of a layer: off by default',
};

/** Whether its weights could be pruned, had it no element in common with others. */
export function canBePruned({ readOnly, kind, dtype, shape, strides }: TensorInfo): boolean {
  const isOpen = readOnly === undefined && kind !== 'optimizer' && kind !== 'mask' && isPrunableDtype(dtype);
  return isOpen && layoutOf(shape, strides).kind !== 'overlapping';
}

/**
 * Whether a tensor can be pruned, and is by default.
 * @param role of the tensor among `tensors`
 * @param alsoNamed the other names of its weights, where it owns them
 */
export function prunabilityOf(
  tensor: TensorInfo,
  role: Role,
  tensors: readonly TensorInfo[],
  alsoNamed: readonly TensorId[] = [],
): Prunability {
  const reason = sharedReason(role, tensors) ?? whyNever(tensor);
  if (reason !== undefined) return { prunable: false, byDefault: false, reason };
  const embedding = alsoNamed.find((id) => at(tensors, id).kind === 'embedding');
  return choiceOf(tensor, embedding === undefined ? undefined : at(tensors, embedding).name);
}

/** Why nobody can prune a tensor, whatever it is taken for; undefined where it is a matter of choice. */
function whyNever(tensor: TensorInfo): string | undefined {
  if (tensor.readOnly !== undefined) return tensor.readOnly;
  if (tensor.kind === 'optimizer') return 'optimizer state: never touched';
  if (tensor.kind === 'mask') return `pruning mask ${tensor.because ?? 'of other weights'}`;
  if (!isPrunableDtype(tensor.dtype)) {
    const label = labelOf(tensor.dtype);
    return isFloat(tensor.dtype) ? `${label}: not prunable yet` : `${label}: not floating point`;
  }
  if (layoutOf(tensor.shape, tensor.strides).kind === 'overlapping') {
    return 'overlaps itself (expanded or strided): one element has several places';
  }
  return numelOf(tensor.shape) === 0 ? 'empty' : undefined;
}

/**
 * What its kind and shape say of a tensor that can be pruned.
 * @param embedding that has the same weights
 */
export function choiceOf({ kind, shape }: Pick<TensorInfo, 'kind' | 'shape'>, embedding?: string): Prunability {
  const off = (reason: string): Prunability => ({ prunable: true, byDefault: false, reason });
  const reason = offByDefault[kind];
  if (reason !== undefined) return off(reason);
  if (shape.length < 2) return off('fewer than two dimensions: off by default');
  return embedding === undefined
    ? { prunable: true, byDefault: true }
    : off(`tied to the embedding ${embedding}: off by default`);
}

/** What happens to a tensor with the weights that it shares; undefined where nothing does. */
function sharedReason(role: Role, tensors: readonly TensorInfo[]): string | undefined {
  if (role.kind === 'entangled' && role.owners.length === 0) {
    return 'lies among too many others in one storage to be told apart from them';
  }
  const pruned = ownersOf(role).filter((id) => canBePruned(at(tensors, id)));
  if (pruned.length === 0) return undefined;
  const { name } = at(tensors, at(pruned, 0));
  switch (role.kind) {
    case 'owner':
      return undefined;
    case 'tied':
      return `tied: the same weights as ${name}`;
    case 'view':
      return `a view into ${name}: pruned with it`;
    case 'flat':
      return `a flat buffer: ${pruned.length === 1 ? 'its view is' : `its ${pruned.length} views are`} the weights`;
    case 'entangled': {
      const others = pruned.length > 1 ? ` and ${pruned.length - 1} more` : '';
      return `shares elements with ${name}${others}: changes with ${others ? 'them' : 'it'}`;
    }
  }
}
