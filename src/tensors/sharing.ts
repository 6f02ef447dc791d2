/** Which tensors are names for the same weights. */
import { bitsOf } from './dtype';
import { layoutOf, spanOf } from './layout';
import type { TensorId, TensorInfo } from './tensor';

export type Role =
  /** Its weights are its own, or it is the name they are counted under. */
  | { readonly kind: 'owner' }
  /** The very elements of `owner` under another name (tied weights). */
  | { readonly kind: 'tied'; readonly owner: TensorId }
  /** A view of some elements of `owner`. */
  | { readonly kind: 'view'; readonly owner: TensorId }
  /** Shares some, not all, of its bytes with `other`. */
  | { readonly kind: 'entangled'; readonly other: TensorId };

interface Extent {
  readonly id: TensorId;
  /** In bytes of the storage. */
  readonly start: number;
  readonly end: number;
}

/** One role per tensor, by index. Tensors without an addressable storage own themselves. */
export function rolesOf(tensors: readonly TensorInfo[]): Role[] {
  const roles: Role[] = tensors.map(() => ({ kind: 'owner' }));
  const byStorage = new Map<number, Extent[]>();
  tensors.forEach((tensor, id) => {
    if (tensor.storage < 0) return;
    const width = bitsOf(tensor.dtype) / 8;
    const start = tensor.storageOffset * width;
    const extent = { id, start, end: start + spanOf(tensor.shape, tensor.strides) * width };
    if (extent.end === extent.start) return;
    const extents = byStorage.get(tensor.storage);
    if (extents) extents.push(extent);
    else byStorage.set(tensor.storage, [extent]);
  });
  for (const extents of byStorage.values()) {
    if (extents.length > 1) assignRoles(extents, tensors, roles);
  }
  return roles;
}

function assignRoles(extents: Extent[], tensors: readonly TensorInfo[], roles: Role[]): void {
  // By start, the longest first, so that whatever contains a tensor comes before it; equal ones in file order.
  extents.sort((a, b) => a.start - b.start || b.end - a.end || a.id - b.id);
  let owner: Extent | undefined;
  for (const extent of extents) {
    if (owner === undefined || extent.start >= owner.end) {
      owner = extent;
      continue;
    }
    const mine = tensors[extent.id]!;
    const theirs = tensors[owner.id]!;
    const sameType = mine.dtype === theirs.dtype;
    if (sameType && extent.start === owner.start && extent.end === owner.end && sameElements(mine, theirs)) {
      roles[extent.id] = { kind: 'tied', owner: owner.id };
    } else if (sameType && extent.end <= owner.end && layoutOf(theirs.shape, theirs.strides).kind === 'dense') {
      roles[extent.id] = { kind: 'view', owner: owner.id };
    } else {
      roles[extent.id] = { kind: 'entangled', other: owner.id };
      // What follows may collide with either; the longer reach decides.
      if (extent.end > owner.end) owner = extent;
    }
  }
}

/** Whether two tensors with the same byte extent address the same elements (perhaps in another order of dimensions). */
function sameElements(a: TensorInfo, b: TensorInfo): boolean {
  const mine = layoutOf(a.shape, a.strides);
  const theirs = layoutOf(b.shape, b.strides);
  if (mine.kind === 'dense' && theirs.kind === 'dense') return true;
  return (
    mine.kind === 'strided' &&
    theirs.kind === 'strided' &&
    mine.axes.length === theirs.axes.length &&
    mine.axes.every((axis, i) => axis.size === theirs.axes[i]!.size && axis.stride === theirs.axes[i]!.stride)
  );
}
