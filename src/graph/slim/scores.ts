/** What units matter, by weights alone: nothing runs. */
import { at, known } from '../../lib/known';
import { getOrInsert } from '../../lib/maps';
import type { GraphNode } from '../../tensors/graph/graph';
import { numelOf } from '../../tensors/tensor';
import type { Removed, Unit } from './units';
import type { SlottedWeight } from './walk';

/** A tensor's numbers, row by row, by the name that the graph has for it. */
export type WeightsOf = (name: string) => Promise<ArrayLike<number>>;

/**
 * By unit: the L2 norm of all weights that its channels are multiplied with on their way into others. On a file whose batch norms are
 * folded it tells more than the norms of what gives the channels, which are the norms' figures.
 */
export async function consumerNorms(units: readonly Unit[], weightsOf: WeightsOf): Promise<Map<Unit, number>> {
  const squares = await sumsAlong(
    units,
    weightsOf,
    ({ role }) => role === 'consumes',
    (value) => value * value,
  );
  return new Map([...squares].map(([unit, sum]) => [unit, Math.sqrt(sum)]));
}

/**
 * By unit: how much of it is expected to come into what it is multiplied with. A channel behind a batch norm of scale γ and shift β
 * is N(β, γ²) by the training's own figures, and √E[relu(N(β, γ²))²] of it comes through a ReLU; times the consumers' norm.
 * @param nodes of the graph
 * @returns nothing for units that no batch norm scales
 */
export async function normScores(
  units: readonly Unit[],
  nodes: readonly GraphNode[],
  weightsOf: WeightsOf,
): Promise<Map<Unit, number>> {
  const consumers = await consumerNorms(units, weightsOf);
  const scores = new Map<Unit, number>();
  const numbers = new Map<string, ArrayLike<number>>();
  for (const unit of units) {
    const scales = new Map<number, Removed>();
    const shifts = new Map<number, Removed>();
    for (const removed of unit.removes) {
      for (const { node, input } of removed.weight.uses) {
        if (at(nodes, node).opType !== 'BatchNormalization') continue;
        if (input === 1) scales.set(node, removed);
        if (input === 2) shifts.set(node, removed);
      }
    }
    let energy = 0;
    for (const [node, scale] of scales) {
      const shift = known(shifts, node);
      for (const { weight } of [scale, shift]) {
        if (!numbers.has(weight.name)) numbers.set(weight.name, await weightsOf(weight.name));
      }
      const [gammas, betas] = [known(numbers, scale.weight.name), known(numbers, shift.weight.name)];
      for (const index of scale.indices) energy += rectifiedEnergy(betas[index] ?? 0, gammas[index] ?? 0);
    }
    if (scales.size > 0) scores.set(unit, Math.sqrt(energy) * (consumers.get(unit) ?? 0));
  }
  return scores;
}

/** E[max(0, z)²] for z of the normal distribution of that mean and deviation. */
export function rectifiedEnergy(mean: number, deviation: number): number {
  const sigma = Math.abs(deviation);
  if (sigma === 0) return Math.max(0, mean) ** 2;
  const z = mean / sigma;
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  return (mean * mean + sigma * sigma) * normalShare(z) + mean * sigma * density;
}

/** The share of the standard normal distribution below z, to 1.5e-7 (Abramowitz and Stegun, 7.1.26). */
function normalShare(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const above = (series * Math.exp(-x * x)) / 2;
  return z < 0 ? above : 1 - above;
}

/**
 * Units that can go without any change to the outputs: all that gives their channels is zero, and what comes of that stays so or is
 * multiplied with zeros; or all that they are multiplied with is zero.
 */
export async function deadUnits(units: readonly Unit[], weightsOf: WeightsOf): Promise<Unit[]> {
  const isConsumer = ({ role }: Removed) => role === 'consumes';
  const one = (value: number) => (value === 0 ? 0 : 1);
  const consumers = await sumsAlong(units, weightsOf, isConsumer, one);
  const producers = await sumsAlong(
    units,
    weightsOf,
    (removed) => !isConsumer(removed) && removed.weight.zeroable,
    one,
  );
  return units.filter((unit) => {
    const givesZero = producers.get(unit) === 0;
    const isIgnored = consumers.get(unit) === 0 && unit.removes.some(isConsumer);
    return (givesZero && (unit.zeroStays || isIgnored)) || (isIgnored && !unit.summed);
  });
}

/** By unit, over all elements of the chosen tensors that go with it. A tensor is read once. */
async function sumsAlong(
  units: readonly Unit[],
  weightsOf: WeightsOf,
  chosen: (removed: Removed) => boolean,
  of: (value: number) => number,
): Promise<Map<Unit, number>> {
  const sums = new Map(units.map((unit) => [unit, 0]));
  const places = new Map<string, Map<SlottedWeight, { readonly unit: Unit; readonly removed: Removed }[]>>();
  for (const unit of units) {
    for (const removed of unit.removes.filter(chosen)) {
      const { weight } = removed;
      const ofTensor = getOrInsert(places, weight.name, () => new Map());
      getOrInsert(ofTensor, weight, () => []).push({ unit, removed });
    }
  }
  for (const [name, ofTensor] of places) {
    const numbers = await weightsOf(name);
    for (const [{ shape }, removals] of ofTensor) {
      const byAxis = new Map<number, Float64Array>();
      for (const { unit, removed } of removals) {
        const { axis } = removed;
        const along = getOrInsert(byAxis, axis, () => sumsOf(numbers, shape, axis, of));
        const own = removed.indices.reduce((sum, index) => sum + at(along, index), 0);
        sums.set(unit, known(sums, unit) + own);
      }
    }
  }
  return sums;
}

function sumsOf(numbers: ArrayLike<number>, shape: readonly number[], axis: number, of: (value: number) => number) {
  const size = at(shape, axis);
  const inner = numelOf(shape.slice(axis + 1));
  const sums = new Float64Array(size);
  for (let i = 0; i < numbers.length; i++) {
    const index = Math.floor(i / inner) % size;
    sums[index] = (sums[index] ?? 0) + of(numbers[i] ?? 0);
  }
  return sums;
}
