/** Which tensors have other values than before: the pruned ones, and all that have some of the elements that went. */

import type { Checkpoint } from '../../formats/format';
import { at } from '../../lib/known';
import { type ByteSet, byteSetOf, countWithin } from '../../tensors/byteSet';
import type { TensorId } from '../../tensors/tensor';
import type { Layer } from '../opened';
import type { Unit } from '../reading/units';

/**
 * Tensors that are followed byte by byte, so that a view of which nothing went does not count. More of them, and those whose
 * storage lies in several places, count as soon as an owner of theirs changes.
 */
const mostFollowed = 256;

interface Followed {
  readonly tensor: TensorId;
  readonly set: ByteSet;
  /** Where its storage begins in the file. */
  readonly base: number;
}

export class TensorChanges {
  readonly changed = new Set<TensorId>();
  private readonly layers: readonly Layer[];
  /** Those that may still be as they were. */
  private followed: Followed[] = [];
  private readonly notFollowed = new Set<TensorId>();

  /** @param pruned units that something may happen to */
  constructor({ tensors, storages }: Checkpoint, layers: readonly Layer[], pruned: readonly Unit[]) {
    this.layers = layers;
    const sharing = new Set(pruned.flatMap(({ tensor }) => at(layers, tensor).sharedBy ?? []));
    // What could not be told from others may share with any.
    for (const { id, sharesWith } of layers) if (sharesWith?.length === 0) sharing.add(id);
    for (const tensor of sharing) {
      const info = at(tensors, tensor);
      const [segment, ...others] = at(storages, info.storage).segments;
      const set = byteSetOf(info);
      if (!set || !segment) continue;
      if (others.length > 0 || this.followed.length === mostFollowed) this.notFollowed.add(tensor);
      else this.followed.push({ tensor, set, base: segment.start });
    }
  }

  /** Something of an owner went. */
  pruned(owner: TensorId): void {
    if (this.changed.has(owner)) return;
    this.changed.add(owner);
    const { alsoNamed, sharedBy = [] } = at(this.layers, owner);
    for (const name of alsoNamed) this.changed.add(name);
    for (const other of sharedBy) if (this.notFollowed.has(other)) this.changed.add(other);
  }

  /** Whether it has to be told what changes in so many bytes of the file. */
  wants(offset: number, length: number): boolean {
    return this.followed.some(({ set, base }) => base + set.start < offset + length && offset < base + set.end);
  }

  /** @param difference of the bytes of the file from `offset` on, before XOR after */
  add(offset: number, difference: Uint8Array): void {
    this.followed = this.followed.filter(({ tensor, set, base }) => {
      if (!hasDifference(set, offset - base, difference)) return true;
      this.changed.add(tensor);
      return false;
    });
  }
}

/** @param offset of the bytes in the storage */
function hasDifference(set: ByteSet, offset: number, difference: Uint8Array): boolean {
  const end = Math.min(difference.length, set.end - offset);
  for (let at = Math.max(0, set.start - offset); at < end; at++) {
    if (difference[at] === 0) continue;
    const from = at;
    while (at < end && difference[at] !== 0) at++;
    if (countWithin(set, offset + from, offset + at) > 0) return true;
  }
  return false;
}
