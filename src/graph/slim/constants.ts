/**
 * Channels that give the same whatever goes into them: nothing but zeros comes from their weights, and biases, shifts and activations make a
 * constant of that. What reads it can have it in its bias, and the channel can go.
 */
import { at } from '../../lib/known';
import { getOrInsert } from '../../lib/maps';
import type { GraphNode } from '../../tensors/graph/graph';
import type { PlannedTensor, RewrittenConstant, SlimPlan } from '../../tensors/graph/slimPlan';
import { numelOf } from '../../tensors/tensor';
import type { ModelContents } from './contents';
import { int, ints, type Shape, text } from './nodeView';
import { keptWithout } from './plan';
import type { WeightsOf } from './scores';
import type { Removed, Unit } from './units';
import type { Walk } from './walk';

/** What a run showed of values: their shapes, and their numbers row by row. */
export type Observed = ReadonlyMap<string, { readonly shape: Shape; readonly floats: Float32Array }>;

/** Where channels of a unit come into a weight. */
interface Reading {
  readonly node: number;
  readonly weight: string;
  readonly shape: Shape;
  /** Of the weight. */
  readonly axis: number;
  readonly indices: readonly number[];
  readonly activation: string;
}

/** By unit: what its channels are wherever they are read. */
export type ConstantUnits = ReadonlyMap<Unit, readonly (Reading & { readonly values: readonly number[] })[]>;

/** Operators whose rows of zeros give nothing of what goes in. */
const products: ReadonlySet<string> = new Set(['Conv', 'FusedConv', 'ConvTranspose', 'Gemm', 'MatMul']);

/**
 * Of units that are not dead as they stand, those that are constant in every run, and whose constants are nothing or go into biases exactly.
 * @param observe runs the model on several samples that differ, and gives what these values were in each run
 */
export async function constantUnits(
  walk: Walk,
  units: readonly Unit[],
  weightsOf: WeightsOf,
  observe: (names: readonly string[]) => Promise<readonly Observed[]>,
): Promise<ConstantUnits> {
  const zeros = new ZeroRows(walk, weightsOf);
  const candidates = new Map<Unit, readonly Reading[]>();
  for (const unit of units) {
    const readings = unit.summed ? undefined : readingsOf(walk, unit);
    if (readings && (await zeros.give(unit))) candidates.set(unit, readings);
  }
  if (candidates.size === 0) return new Map();
  const names = new Set([...candidates.values()].flatMap((all) => all.map(({ activation }) => activation)));
  const runs = await observe([...names]);
  const found = new Map<Unit, (Reading & { readonly values: readonly number[] })[]>();
  for (const [unit, readings] of candidates) {
    const own = readings.flatMap((reading) => {
      const values = reading.indices.map((index) => constantAt(walk, reading, index, runs));
      const isRead = values.every((value) => value !== undefined) && (values.every(isZero) || biasOf(walk, reading));
      return isRead ? [{ ...reading, values: values as number[] }] : [];
    });
    if (own.length === readings.length) found.set(unit, own);
  }
  return found;
}

/** Biases that take up what constant units leave, for the plan: one for each node that reads some. */
export async function rewrittenConstants(
  walk: Walk,
  gone: readonly Unit[],
  constants: ConstantUnits,
  weightsOf: WeightsOf,
): Promise<RewrittenConstant[]> {
  const sums = new Map<number, { readonly reading: Reading; readonly added: Float64Array }>();
  for (const unit of gone) {
    for (const reading of constants.get(unit) ?? []) {
      if (reading.values.every(isZero)) continue;
      const { node, shape, axis } = reading;
      const outputs = at(shape, outputAxis(axis));
      const { added } = getOrInsert(sums, node, () => ({ reading, added: new Float64Array(outputs) }));
      const numbers = await weightsOf(reading.weight);
      reading.indices.forEach((index, i) => {
        for (const [output, sum] of columnSums(numbers, shape, axis, index).entries())
          added[output] = (added[output] ?? 0) + sum * at(reading.values, i);
      });
    }
  }
  const kept = keptWithout(walk, gone);
  const rewritten: RewrittenConstant[] = [];
  for (const [node, { reading, added }] of [...sums].sort(([a], [b]) => a - b)) {
    const bias = biasOf(walk, reading);
    // Where a repair has made up for it, nothing reads it any more.
    if (!bias || added.every(isZero)) continue;
    const before = bias.stored === undefined ? [] : await weightsOf(bias.stored);
    const values = Array.from(added, (sum, i) => Math.fround((before[i] ?? 0) + sum * bias.factor));
    const slots = walk.weights.find(({ uses }) => uses.some((use) => use.node === node && use.input === 1));
    const outputs = slots?.axes[outputAxis(reading.axis)];
    const stay = outputs && [...outputs.keys()].filter((i) => kept.has(at(outputs, i)));
    rewritten.push({
      node: bias.node,
      input: bias.input,
      values,
      ...(stay && stay.length < values.length && { kept: stay }),
    });
  }
  return rewritten;
}

/** The plan with biases that are written as they become, in the place of what it says of the same inputs. */
export function withConstants(plan: SlimPlan, constants: readonly RewrittenConstant[]): SlimPlan {
  if (constants.length === 0) return plan;
  const written = new Set(constants.map(({ node, input }) => `${node} ${input}`));
  const tensors = plan.tensors.flatMap((tensor): PlannedTensor[] => {
    const uses = tensor.uses.filter(({ node, input }) => !written.has(`${node} ${input}`));
    return uses.length === 0 ? [] : [{ ...tensor, uses }];
  });
  return { ...plan, tensors, constants };
}

class ZeroRows {
  private readonly walk: Walk;
  private readonly weightsOf: WeightsOf;
  /** By tensor and axis: whether all weights of an index are zero. */
  private readonly known = new Map<string, Promise<readonly boolean[]>>();

  constructor(walk: Walk, weightsOf: WeightsOf) {
    this.walk = walk;
    this.weightsOf = weightsOf;
  }

  /** Whether all that brings something into the unit's channels is zero. What only follows them, as a depthwise filter does, may be anything. */
  async give(unit: Unit): Promise<boolean> {
    let isGiven = false;
    for (const removed of unit.removes) {
      if (removed.role !== 'produces' || !this.brings(removed)) continue;
      const zero = await this.rows(removed);
      if (!removed.indices.every((index) => zero[index])) return false;
      isGiven = true;
    }
    return isGiven;
  }

  private brings({ weight }: Removed): boolean {
    const { nodes } = this.walk.contents.graph;
    return !weight.uses.every(({ node }) => {
      const { opType } = at(nodes, node);
      return opType === 'Conv' && int({ node: at(nodes, node) }, 'group', 1) > 1 && weight.shape[1] === 1;
    });
  }

  private rows({ weight: { name, shape }, axis }: Removed): Promise<readonly boolean[]> {
    return getOrInsert(this.known, `${axis} ${name}`, async () => {
      const zero = new Array<boolean>(at(shape, axis)).fill(true);
      const inner = numelOf(shape.slice(axis + 1));
      const numbers = await this.weightsOf(name);
      for (let i = 0; i < numbers.length; i++) if (numbers[i] !== 0) zero[Math.floor(i / inner) % zero.length] = false;
      return zero;
    });
  }
}

/** Undefined where the unit comes into something that is not followed. */
function readingsOf(walk: Walk, unit: Unit): Reading[] | undefined {
  const readings: Reading[] = [];
  for (const { weight, axis, indices, role } of unit.removes) {
    if (role === 'produces' && weight.uses.some(({ node }) => !products.has(nodeAt(walk, node).opType)))
      return undefined;
    if (role !== 'consumes') continue;
    for (const { node, input } of weight.uses) {
      const reader = nodeAt(walk, node);
      const activation = reader.inputs[0] ?? '';
      const isPlain = products.has(reader.opType) && int({ node: reader }, 'transA', 0) === 0;
      const isGrouped = reader.opType !== 'ConvTranspose' && int({ node: reader }, 'group', 1) > 1;
      if (input !== 1 || !isPlain || isGrouped || !walk.values.has(activation)) return undefined;
      readings.push({ node, weight: weight.name, shape: weight.shape, axis, indices, activation });
    }
  }
  return readings;
}

function nodeAt({ contents }: Walk, node: number): GraphNode {
  return at(contents.graph.nodes, node);
}

/** Runtimes compute what is left of a row otherwise than whole vectors of it. */
const roundings = 2 ** -20;

/** The one number that a channel has at every place of every run; undefined where there is none. */
function constantAt(walk: Walk, { node, activation }: Reading, index: number, runs: readonly Observed[]) {
  let constant: number | undefined;
  const isLast = ['Gemm', 'MatMul'].includes(nodeAt(walk, node).opType);
  for (const run of runs) {
    const { shape, floats } = run.get(activation) ?? { shape: [], floats: new Float32Array() };
    const axis = isLast ? shape.length - 1 : 1;
    const size = shape[axis] ?? 0;
    if (index >= size || floats.length === 0) return undefined;
    const inner = numelOf(shape.slice(axis + 1));
    for (let start = index * inner; start < floats.length; start += size * inner) {
      for (let i = start; i < start + inner; i++) {
        const value = floats[i] ?? Number.NaN;
        constant ??= value;
        if (!(Math.abs(value - constant) <= roundings * Math.abs(constant))) return undefined;
      }
    }
  }
  return Number.isFinite(constant) ? constant : undefined;
}

function isZero(value: number | undefined): boolean {
  return value === 0;
}

interface Bias {
  readonly node: number;
  readonly input: number;
  /** The tensor that it is now; absent where the node has none. */
  readonly stored?: string;
  /** What is added for a sum of products. */
  readonly factor: number;
}

/** Where a constant that comes into a weight goes exactly; undefined where borders see less of it, or there is no place. */
function biasOf(walk: Walk, { node, shape, axis }: Reading): Bias | undefined {
  const reader = nodeAt(walk, node);
  const view = walk.view(reader);
  const outputs = at(shape, outputAxis(axis));
  if (!isFloat32(walk, reader.inputs[1])) return undefined;
  switch (reader.opType) {
    case 'Conv': {
      const isWhole = ['NOTSET', 'VALID', ''].includes(text(view, 'auto_pad', 'NOTSET'));
      const isPadded = ints(view, 'pads')?.some((pad) => pad !== 0) === true;
      if (axis !== 1 || int(view, 'group', 1) !== 1 || isPadded || !isWhole) return undefined;
      return biasAt(walk, node, 2, outputs, 1);
    }
    case 'Gemm': {
      const [alpha, beta] = ['alpha', 'beta'].map((name) => view.floats(name)?.[0] ?? 1);
      if (int(view, 'transA', 0) !== 0 || !beta || alpha === undefined) return undefined;
      return biasAt(walk, node, 2, outputs, alpha / beta);
    }
    case 'MatMul': {
      if (shape.length !== 2) return undefined;
      const [result = ''] = reader.outputs;
      const next = readerOf(walk, result);
      const added = next && nodeAt(walk, next.node);
      if (!next || added?.opType !== 'Add') return undefined;
      const bias = biasAt(walk, next.node, 1 - next.input, outputs, 1);
      return bias?.stored === undefined ? undefined : bias;
    }
    default:
      return undefined;
  }
}

function biasAt(walk: Walk, node: number, input: number, outputs: number, factor: number): Bias | undefined {
  const name = nodeAt(walk, node).inputs[input] ?? '';
  if (name === '') return { node, input, factor };
  const stored = walk.weights.find(({ uses }) => uses.some((use) => use.node === node && use.input === input));
  if (stored?.shape.join() !== String(outputs) || !isFloat32(walk, name)) return undefined;
  return { node, input, stored: stored.name, factor };
}

function isFloat32(walk: Walk, name = ''): boolean {
  const stored = walk.weights.find((weight) => weight.name === name)?.name ?? name;
  return (walk.contents as Partial<ModelContents>).dtypes?.get(stored) === 'F32';
}

/** The one input that reads a value which nobody else does. */
function readerOf({ contents }: Walk, name: string): { readonly node: number; readonly input: number } | undefined {
  const { nodes, outputs } = contents.graph;
  const readers = nodes.flatMap(({ inputs }, node) =>
    inputs.flatMap((read, input) => (read === name ? [{ node, input }] : [])),
  );
  const [only, ...others] = readers;
  return others.length > 0 || outputs.some((output) => output.name === name) ? undefined : only;
}

/** Of a weight with two axes beside those of a kernel. */
function outputAxis(axis: number): number {
  return 1 - axis;
}

/** Sums over the kernel of what an index of one axis is multiplied with, for every output. */
function columnSums(numbers: ArrayLike<number>, shape: Shape, axis: number, index: number): Float64Array {
  const [first, second] = [at(shape, 0), at(shape, 1)];
  const inner = numelOf(shape.slice(2));
  const sums = new Float64Array(axis === 1 ? first : second);
  for (const output of sums.keys()) {
    const start = (axis === 1 ? output * second + index : index * second + output) * inner;
    for (let i = start; i < start + inner; i++) sums[output] = (sums[output] ?? 0) + (numbers[i] ?? 0);
  }
  return sums;
}
