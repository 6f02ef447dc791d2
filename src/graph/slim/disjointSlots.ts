/** Slots: one for each index of an axis that may lose some. Those that have to live or die together are joined (union-find). */

/** The slots of an axis, one for each of its indices. */
export type Slots = Int32Array;

/** Stands for an index that stays, whatever the others do. */
export const fixedSlot = 0;

export class DisjointSlots {
  private parents: number[] = [fixedSlot];
  /** By root. */
  private readonly pins = new Map<number, string>();

  fresh(count: number): Slots {
    const first = this.parents.length;
    const slots = Int32Array.from({ length: count }, (_, i) => first + i);
    for (const slot of slots) this.parents.push(slot);
    return slots;
  }

  get count(): number {
    return this.parents.length;
  }

  /** The slot that stands for all that it is joined with. */
  rootOf(slot: number): number {
    let root = slot;
    for (let up = this.parents[root] ?? 0; up !== root; up = this.parents[root] ?? 0) root = up;
    for (let at = slot; at !== root; ) {
      const next = this.parents[at] ?? 0;
      this.parents[at] = root;
      at = next;
    }
    return root;
  }

  join(a: number, b: number): void {
    const [first, second] = [this.rootOf(a), this.rootOf(b)];
    if (first === second) return;
    // The fixed slot is everywhere: what it is joined with is pinned, and nothing else joined by it.
    if (first === fixedSlot || second === fixedSlot) {
      this.pin(first + second, 'stands beside what cannot change');
      return;
    }
    const pin = this.pins.get(first) ?? this.pins.get(second);
    const [root, child] = first < second ? [first, second] : [second, first];
    this.parents[child] = root;
    this.pins.delete(child);
    if (pin !== undefined) this.pins.set(root, pin);
  }

  /** Index by index. */
  joinAll(a: Slots, b: Slots): void {
    this.joinEach(a, (i) => b[i]);
  }

  /** Each with the one that belongs to its index. */
  joinEach(slots: Slots, other: (index: number) => number | undefined): void {
    slots.forEach((slot, i) => {
      this.join(slot, other(i) ?? fixedSlot);
    });
  }

  /** @param why in words; the first that is given stays */
  pin(slot: number, why: string): void {
    const root = this.rootOf(slot);
    if (root !== fixedSlot && !this.pins.has(root)) this.pins.set(root, why);
  }

  /** Why it cannot be removed; undefined where it can. */
  pinOf(slot: number): string | undefined {
    const root = this.rootOf(slot);
    return root === fixedSlot ? 'cannot change' : this.pins.get(root);
  }
}
