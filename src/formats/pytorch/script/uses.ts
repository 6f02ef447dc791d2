/** From what operators take a tensor as to what it is. */
import { at } from '../../../lib/known';
import { type Axes, axesAt } from '../../../tensors/axes';
import type { Declared } from '../../../tensors/evidence';
import type { LayerKind } from '../../../tensors/tensor';
import type { Flow, Step, Use } from './flow';

/** Places that one tensor is followed through, and all of an archive's together. */
const maxPlacesOfOne = 4096;
const maxPlaces = 2 ** 22;

interface Place {
  readonly node: number;
  /** Dimension i here is dimension `order[i]` of the tensor. */
  readonly order: readonly number[];
  readonly isScaled: boolean;
}

/** What a use says of a tensor of as many dimensions, in the dimensions that the operator sees. */
interface Claim {
  readonly kind: LayerKind;
  readonly axes?: Axes;
  readonly because: string;
}

export class ScriptUses {
  private readonly flow: Flow;
  private followed = 0;

  constructor(flow: Flow) {
    this.flow = flow;
  }

  /** @param key of a field or constant; undefined where its uses do not say, or disagree */
  of(key: string, shape: readonly number[]): Declared | undefined {
    const node = this.flow.find(key);
    if (node === undefined || this.flow.isTooLarge) return undefined;
    const claims: Claim[] = [];
    for (const { node: reached, order, isScaled } of this.placesFrom(node, shape.length)) {
      for (const use of this.flow.usesOf(reached)) {
        const claim = claimOf(use, shape, order);
        // What a weight is multiplied with (a gain, a scale) has a number per output, no more.
        const isGain = isScaled && shape.filter((size) => size !== 1).length < 2;
        if (claim && !isGain) claims.push(claim);
      }
    }
    return agreed(claims);
  }

  private *placesFrom(node: number, dimensions: number): Generator<Place> {
    const start: Place = { node, order: Array.from({ length: dimensions }, (_, axis) => axis), isScaled: false };
    const places = new Map([[keyOf(start), start]]);
    // A Map grows while it is walked, and the walk goes on into what was added.
    for (const place of places.values()) {
      if (++this.followed > maxPlaces) return;
      yield place;
      for (const { to, step } of this.flow.edgesOf(place.node)) {
        const order = places.size < maxPlacesOfOne ? orderAfter(place.order, step) : undefined;
        if (!order) continue;
        const reached = { node: to, order, isScaled: place.isScaled || step.kind === 'scaled' };
        const key = keyOf(reached);
        if (!places.has(key)) places.set(key, reached);
      }
    }
  }
}

function keyOf({ node, order, isScaled }: Place): string {
  return `${node} ${order.join(' ')} ${isScaled}`;
}

/** Undefined for dimensions that the tensor does not have. */
function orderAfter(order: readonly number[], step: Step): readonly number[] | undefined {
  const axis = (index: number) => (index < 0 ? index + order.length : index);
  switch (step.kind) {
    case 'same':
    case 'scaled':
      return order;
    case 'reverse':
      return [...order].reverse();
    case 'swap': {
      const [a, b] = [axis(step.a), axis(step.b)];
      if (order[a] === undefined || order[b] === undefined) return undefined;
      return order.map((dimension, i) => (i === a ? at(order, b) : i === b ? at(order, a) : dimension));
    }
    case 'permute': {
      const permuted = step.order.map((index) => order[axis(index)]);
      const isWhole = permuted.length === order.length && new Set(permuted).size === order.length;
      return isWhole && permuted.every((dimension) => dimension !== undefined) ? permuted : undefined;
    }
  }
}

function claimOf(use: Use, shape: readonly number[], order: readonly number[]): Claim | undefined {
  const claim = claimInOrder(use, shape.length);
  if (!claim?.axes) return claim;
  const { outputs, inputs, copies } = claim.axes;
  const original = (axes: readonly number[]) => axes.map((axis) => at(order, axis));
  const axes = {
    outputs: original(outputs),
    inputs: original(inputs),
    ...(copies ? { copies: original(copies) } : {}),
  };
  return { ...claim, axes };
}

function claimInOrder({ operator, as }: Use, dimensions: number): Claim | undefined {
  const weight = `${operator} takes it as its weight`;
  if (typeof as === 'object') {
    const { outputs, inputs, copies } = as;
    const axes = { outputs, inputs, ...(copies.length > 0 ? { copies } : {}) };
    return dimensions === outputs.length + inputs.length + copies.length
      ? { kind: 'linear', axes, because: weight }
      : undefined;
  }
  const layer = (kind: LayerKind, least: number, most: number, axes?: Axes): Claim | undefined =>
    dimensions >= least && dimensions <= most ? { kind, because: weight, ...(axes ? { axes } : {}) } : undefined;
  switch (as) {
    case 'conv':
      return layer('conv', 3, 5, axesAt(0, 1));
    case 'transposed':
      return layer('conv', 3, 5, axesAt(1, 0));
    case 'convTimeLast':
      return layer('conv', 3, 3, axesAt(2, 1));
    case 'linear':
      return layer('linear', 2, 2, axesAt(0, 1));
    case 'left':
      return layer('linear', 2, 2, axesAt(0, 1));
    case 'factor':
      return layer('linear', 2, 3, dimensions === 2 ? axesAt(1, 0) : axesAt(2, 1, 0));
    case 'bilinear':
      return layer('parameter', 3, 3);
    case 'embedding':
      return layer('embedding', 2, 2, axesAt(0, 1));
    case 'recurrent':
      return dimensions === 1
        ? { kind: 'bias', because: `${operator} takes it as a bias` }
        : layer('recurrent', 2, 2, axesAt(0, 1));
    case 'norm':
    case 'prelu':
      return layer(as, 1, 64);
    case 'statistics':
      return { kind: 'buffer', because: `${operator} takes it as its statistics` };
    case 'bias':
      return { kind: 'bias', because: `${operator} takes it as its bias` };
  }
}

/** One kind for all uses; a table that is multiplied with, too (tied to the last layer), is an embedding. */
function agreed(claims: readonly Claim[]): Declared | undefined {
  const [first, ...others] = claims;
  if (!first) return undefined;
  const embedding = claims.find(({ kind }) => kind === 'embedding');
  if (embedding) return claims.every(({ kind }) => kind === 'embedding' || kind === 'linear') ? embedding : undefined;
  if (others.some(({ kind }) => kind !== first.kind)) return undefined;
  const axes = JSON.stringify(first.axes);
  const { kind, because } = first;
  return others.every((other) => JSON.stringify(other.axes) === axes) ? first : { kind, because };
}
