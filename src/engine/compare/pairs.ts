/** Which tensor of one checkpoint is which of another: by name, by the end of its name, else by shape and content. */
import { at } from '../../lib/known';
import { getOrInsert } from '../../lib/maps';
import type { MatchedBy } from '../../tensors/comparison/comparison';
import type { TensorId } from '../../tensors/tensor';
import { ordersBetween } from './turns';

/** A tensor as it is matched. */
export interface Matched {
  readonly id: TensorId;
  readonly name: string;
  readonly shape: readonly number[];
}

export interface Pair<Tensor> {
  readonly before: Tensor;
  readonly after: Tensor;
  readonly by: MatchedBy;
}

export interface Pairs<Tensor> {
  readonly pairs: readonly Pair<Tensor>[];
  readonly onlyBefore: readonly Tensor[];
  readonly onlyAfter: readonly Tensor[];
}

/** How alike the beginnings of two tensors are, −1 to 1. */
export type Likeness<Tensor> = (before: Tensor, after: Tensor) => Promise<number>;

/** Weights of another layer are at right angles to each other; half of them pruned, the rest still is at 0.9. */
const leastAlike = 0.7;
/** More of one shape are not held against each other by content: the work grows with their square. */
const mostAlike = 512;

/** @param likeness asked only where several tensors have one shape and names tell nothing */
export async function pairsOf<Tensor extends Matched>(
  before: readonly Tensor[],
  after: readonly Tensor[],
  likeness: Likeness<Tensor>,
): Promise<Pairs<Tensor>> {
  const pairs: Pair<Tensor>[] = [];
  const left = { before: new Set(before), after: new Set(after) };
  const pair = (one: Tensor, other: Tensor, by: MatchedBy) => {
    pairs.push({ before: one, after: other, by });
    left.before.delete(one);
    left.after.delete(other);
  };

  const named = onlyOnes(after, ({ name }) => name);
  for (const [name, tensor] of onlyOnes(before, ({ name }) => name)) {
    const other = named.get(name);
    if (other) pair(tensor, other, 'name');
  }

  // A wrapper puts something before all names: `module.`, `model.`, the name of a container. The longest common end first.
  const parts = new Map([...left.before, ...left.after].map((tensor) => [tensor, tensor.name.split('.')]));
  const longest = [...parts.values()].reduce((most, { length }) => Math.max(most, length), 0);
  for (let count = longest; count > 0; count--) {
    const endOf = (tensor: Tensor) => parts.get(tensor)?.slice(-count).join('.') ?? '';
    const others = onlyOnes(
      [...left.after].filter((tensor) => (parts.get(tensor)?.length ?? 0) >= count),
      endOf,
    );
    for (const [end, one] of onlyOnes(
      [...left.before].filter((tensor) => (parts.get(tensor)?.length ?? 0) >= count),
      endOf,
    )) {
      const other = others.get(end);
      const isAll = other && (one.name === end || other.name === end);
      if (other && (isAll || count > 2) && one.shape.join() === other.shape.join()) pair(one, other, 'end of the name');
    }
  }

  const shapes = (tensors: Iterable<Tensor>) => {
    const groups = new Map<string, Tensor[]>();
    for (const tensor of tensors) getOrInsert(groups, shapeKey(tensor), () => []).push(tensor);
    return groups;
  };
  const there = shapes(left.after);
  for (const [key, ones] of shapes(left.before)) {
    const others = there.get(key) ?? [];
    if (ones.length === 1 && others.length === 1) {
      if (ordersBetween(at(ones, 0).shape, at(others, 0).shape).length > 0) pair(at(ones, 0), at(others, 0), 'shape');
      continue;
    }
    if (ones.length > mostAlike || others.length > mostAlike) continue;
    for (const one of ones) {
      let [best, found] = [leastAlike, undefined as Tensor | undefined];
      for (const other of others) {
        if (!left.after.has(other)) continue;
        const alike = await likeness(one, other);
        if (alike > best) [best, found] = [alike, other];
      }
      if (found) pair(one, found, 'content');
    }
  }
  const order = new Map(before.map((tensor, i) => [tensor, i]));
  pairs.sort((a, b) => (order.get(a.before) ?? 0) - (order.get(b.before) ?? 0));
  return { pairs, onlyBefore: [...left.before], onlyAfter: [...left.after] };
}

/** Those whose key no other has. */
function onlyOnes<Tensor>(tensors: readonly Tensor[], keyOf: (tensor: Tensor) => string): Map<string, Tensor> {
  const groups = new Map<string, Tensor[]>();
  for (const tensor of tensors) getOrInsert(groups, keyOf(tensor), () => []).push(tensor);
  return new Map([...groups].flatMap(([key, own]) => (own.length === 1 ? [[key, at(own, 0)] as const] : [])));
}

/** Tensors whose dimensions are stored in another order are of one shape. */
function shapeKey({ shape }: Matched): string {
  return [...shape].sort((a, b) => a - b).join();
}
