/** From a checkpoint's tensor index to what the engine streams: one unit per tensor that owns weights it can read. */

import type { Checkpoint } from '../../formats/format';
import { at, known } from '../../lib/known';
import { getOrInsert } from '../../lib/maps';
import { byteWidthOf, isPrunableDtype, type PrunableDtype } from '../../tensors/dtype';
import { layoutOf, type MemoryAxis, spanOf } from '../../tensors/layout';
import { stridesWithoutGaps } from '../../tensors/memoryOrder';
import { type Prunability, prunabilityOf } from '../../tensors/prunability';
import { maskedPairs } from '../../tensors/reparametrised';
import { ownersOf } from '../../tensors/role';
import { rolesOf } from '../../tensors/sharing';
import { numelOf, type Storage, type TensorId } from '../../tensors/tensor';
import type { Layer } from '../opened';

/** A run of a unit's bytes in the file. */
export interface Piece {
  readonly unit: Unit;
  /** `[start, end)` in bytes of the file. */
  readonly start: number;
  readonly end: number;
}

export interface Unit {
  readonly tensor: TensorId;
  readonly name: string;
  readonly dtype: PrunableDtype;
  readonly shape: readonly number[];
  /** In elements, one per dimension, as the elements are streamed: without gaps. */
  readonly strides: readonly number[];
  /** Present when the elements have gaps between them; then there is exactly one piece, the whole span. */
  readonly axes?: readonly MemoryAxis[];
  /** In ascending order. */
  readonly pieces: readonly Piece[];
  readonly byteLength: number;
}

/**
 * The rows of the Layers table, still without statistics.
 * @param maskOf weights by their masks; absent: those that torch.nn.utils.prune leaves
 * @param namesInModels of each tensor; absent where the file holds one model
 */
export function layersOf(
  checkpoint: Checkpoint,
  maskOf = masksIn(checkpoint),
  namesInModels?: readonly string[],
): Layer[] {
  const { tensors } = checkpoint;
  const roles = rolesOf(tensors);
  const alsoNamed = new Map<TensorId, TensorId[]>();
  const sharedBy = new Map<TensorId, TensorId[]>();
  roles.forEach((role, id) => {
    const others = role.kind === 'tied' ? alsoNamed : sharedBy;
    for (const owner of ownersOf(role)) getOrInsert(others, owner, () => []).push(id);
  });
  return tensors.map((tensor, id) => {
    const role = at(roles, id);
    const weights = isPrunableDtype(tensor.dtype) ? maskOf.get(id) : undefined;
    const { prunable, byDefault, reason }: Prunability = prunabilityOf(tensor, role, tensors, alsoNamed.get(id));
    return {
      id,
      name: tensor.name,
      container: tensor.container,
      kind: tensor.kind,
      dtype: tensor.dtype,
      ...(tensor.stored === undefined ? {} : { stored: tensor.stored }),
      shape: tensor.shape,
      numel: numelOf(tensor.shape),
      ...(tensor.because === undefined ? {} : { because: tensor.because }),
      ...(tensor.axes && { axes: tensor.axes }),
      ...(tensor.model === undefined ? {} : { model: tensor.model, nameInModel: namesInModels?.[id] ?? tensor.name }),
      ...(role.kind === 'tied' || role.kind === 'view' ? { sameAs: role.owner } : {}),
      alsoNamed: alsoNamed.get(id) ?? [],
      ...(role.kind === 'owner' ? {} : { sharesWith: ownersOf(role) }),
      ...(sharedBy.has(id) ? { sharedBy: known(sharedBy, id) } : {}),
      prunable,
      byDefault,
      ...(reason === undefined ? {} : { reason }),
      ...(weights === undefined ? {} : { maskOf: weights }),
    };
  });
}

function masksIn({ tensors }: Checkpoint): ReadonlyMap<TensorId, TensorId> {
  return new Map(maskedPairs(tensors).map(({ mask, orig }) => [mask, orig]));
}

/** Units for the layers whose weights are measured, in order of tensors. */
export function unitsOf(checkpoint: Checkpoint, layers: readonly Layer[]): Unit[] {
  const units: Unit[] = [];
  for (const layer of layers) {
    const tensor = at(checkpoint.tensors, layer.id);
    const isMeasured = layer.prunable || layer.maskOf !== undefined || tensor.measured === true;
    if (!isMeasured || tensor.storage < 0 || !isPrunableDtype(tensor.dtype)) continue;
    const layout = layoutOf(tensor.shape, tensor.strides);
    if (layout.kind === 'overlapping') continue;
    const width = byteWidthOf(tensor.dtype);
    const byteLength = spanOf(tensor.shape, tensor.strides) * width;
    const pieces: Piece[] = [];
    const unit: Unit = {
      tensor: layer.id,
      name: layer.name,
      dtype: tensor.dtype,
      shape: tensor.shape,
      strides: stridesWithoutGaps(tensor.shape, tensor.strides),
      ...(layout.kind === 'strided' ? { axes: layout.axes } : {}),
      pieces,
      byteLength,
    };
    const start = tensor.storageOffset * width;
    for (const { fileStart, length } of fileRanges(at(checkpoint.storages, tensor.storage), start, byteLength)) {
      pieces.push({ unit, start: fileStart, end: fileStart + length });
    }
    units.push(unit);
  }
  return units;
}

/** Where the bytes `[start, start + length)` of a storage lie in the file. */
export function* fileRanges(
  storage: Storage,
  start: number,
  length: number,
): Generator<{ fileStart: number; length: number }> {
  let segmentStart = 0;
  const end = start + length;
  for (const segment of storage.segments) {
    const segmentEnd = segmentStart + segment.end - segment.start;
    const from = Math.max(start, segmentStart);
    const to = Math.min(end, segmentEnd);
    if (from < to) yield { fileStart: segment.start + from - segmentStart, length: to - from };
    segmentStart = segmentEnd;
    if (segmentStart >= end) return;
  }
}
