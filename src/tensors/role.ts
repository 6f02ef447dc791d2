/** What a tensor is among those that it shares elements with. */
import type { TensorId } from './tensor';

/** Owners have no element in common: each is measured, pruned and counted for itself. */
export type Role =
  /** Its weights are its own, or it is the name they are counted under. */
  | { readonly kind: 'owner' }
  /** The very elements of `owner` under another name (tied weights). */
  | { readonly kind: 'tied'; readonly owner: TensorId }
  /** Some elements of `owner`, and no others. */
  | { readonly kind: 'view'; readonly owner: TensorId }
  /** One dimension around the weights of others (FSDP's flat parameters, cuDNN's flat weights): `parts` own them. */
  | { readonly kind: 'flat'; readonly parts: readonly TensorId[] }
  /**
   * Shares bytes with each of `owners`, in whatever way, or cannot be told from them. None: it lies among more tensors than
   * are compared.
   */
  | { readonly kind: 'entangled'; readonly owners: readonly TensorId[] };

/** The tensors with whose weights those of a tensor change. */
export function ownersOf(role: Role): readonly TensorId[] {
  switch (role.kind) {
    case 'owner':
      return [];
    case 'tied':
    case 'view':
      return [role.owner];
    case 'flat':
      return role.parts;
    case 'entangled':
      return role.owners;
  }
}
