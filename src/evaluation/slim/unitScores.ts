/** What channels matter to what reads them, with the inputs that the model was run on. */
import type { Unit } from '../../graph/slim/units';
import type { SlottedWeight, Walk } from '../../graph/slim/walk';
import { at } from '../../lib/known';
import { getOrInsert } from '../../lib/maps';
import { numelOf } from '../../tensors/tensor';
import { sessionFiles } from '../graph/modelInMemory';
import { type Dataset, smallBatches } from '../inputs/dataset';
import { type EvaluationContext, type Runnable, runBatches } from '../running';

/** By activation and axis: the mean square of every index. */
export type Energies = ReadonlyMap<string, Float64Array>;

/** Every layer's output of every sample is in memory at once. */
const samplesAtOnce = 4;
/** Means over positions and samples settle soon. */
const maxSamples = 64;

const nothingFed = new Map();

/** A weight's input axis, and the activation's that it is multiplied with. */
interface Reading {
  readonly activation: string;
  readonly axis: number;
}

/** What is read of the activations: one run of the original over some samples. @throws CheckpointError `evaluation-failed`, `cancelled`, `out-of-memory` */
export async function energiesOf(
  { runtime, graph, inputs }: Runnable,
  walk: Walk,
  units: readonly Unit[],
  dataset: Dataset,
  context: EvaluationContext,
): Promise<Energies> {
  const wanted = new Map<string, Set<number>>();
  for (const unit of units) {
    for (const { activation, axis } of readingsOf(walk, unit))
      getOrInsert(wanted, activation, () => new Set()).add(axis);
  }
  const outputs = [...wanted.keys()];
  const sums = new Map<string, { readonly squares: Float64Array; count: number }>();
  if (outputs.length === 0) return new Map();
  const session = await runtime.createSession(...sessionFiles(graph, graph.bytes, { outputs }));
  try {
    await runBatches(
      session,
      nothingFed,
      smallBatches(inputs, dataset, samplesAtOnce, maxSamples),
      context,
      (results) => {
        for (const [activation, axes] of wanted) {
          const result = results.get(activation);
          for (const axis of result ? axes : []) {
            const { shape, floats } = result ?? { shape: [], floats: new Float32Array() };
            const size = at(shape, axis);
            const sum = getOrInsert(sums, keyOf({ activation, axis }), () => ({
              squares: new Float64Array(size),
              count: 0,
            }));
            if (sum.squares.length !== size) continue;
            addSquares(sum.squares, floats, shape, axis);
            sum.count += floats.length / size;
          }
        }
      },
    );
  } finally {
    await session.release();
  }
  return new Map([...sums].map(([key, { squares, count }]) => [key, squares.map((sum) => sum / Math.max(1, count))]));
}

/**
 * By unit: E[x²] of each channel times the sum of squares of what it is multiplied with, over all that read it.
 * @param weightsOf numbers of a tensor by its name in the graph
 */
export function energyScores(
  walk: Walk,
  units: readonly Unit[],
  energies: Energies,
  weightsOf: (name: string) => Float32Array | undefined,
): Map<Unit, number> {
  const columns = new Map<SlottedWeight, Map<number, Float64Array>>();
  const squaresOf = (weight: SlottedWeight, axis: number) =>
    getOrInsert(
      getOrInsert(columns, weight, () => new Map<number, Float64Array>()),
      axis,
      () => {
        const sums = new Float64Array(at(weight.shape, axis));
        addSquares(sums, weightsOf(weight.name) ?? new Float32Array(), weight.shape, axis);
        return sums;
      },
    );
  return new Map(
    units.map((unit) => {
      let score = 0;
      for (const { weight, axis, indices, role } of unit.removes) {
        if (role !== 'consumes') continue;
        const squares = squaresOf(weight, axis);
        for (const { node, input } of weight.uses) {
          const reading = readingOf(walk, unit, node, input);
          const mean = reading && energies.get(keyOf(reading));
          if (!mean) {
            score += indices.reduce((sum, index) => sum + at(squares, index), 0);
            continue;
          }
          const groups = mean.length / squares.length;
          reading.places.forEach((place) => {
            score += (at(mean, place) * at(squares, place % squares.length)) / groups;
          });
        }
      }
      return [unit, score] as const;
    }),
  );
}

function readingsOf(walk: Walk, unit: Unit): Reading[] {
  return unit.removes
    .filter(({ role }) => role === 'consumes')
    .flatMap(({ weight }) => weight.uses)
    .flatMap(({ node, input }) => readingOf(walk, unit, node, input) ?? []);
}

/** What a node multiplies a weight of a unit with, and where the unit is there; undefined where it is not told of. */
function readingOf(
  walk: Walk,
  unit: Unit,
  node: number,
  input: number,
): (Reading & { readonly places: readonly number[] }) | undefined {
  const { inputs } = at(walk.contents.graph.nodes, node);
  const activation = inputs[input === 0 ? 1 : 0] ?? '';
  const axes = walk.values.get(activation)?.axes ?? [];
  for (const [axis, slots] of axes.entries()) {
    const places = slots ? placesOf(walk, slots).get(unit.slot) : undefined;
    if (places) return { activation, axis, places };
  }
  return undefined;
}

const placesBySlot = new WeakMap<Int32Array, Map<number, number[]>>();

/** Of an axis: its indices by what stands for their slots. */
function placesOf({ sets }: Walk, slots: Int32Array): ReadonlyMap<number, readonly number[]> {
  const known = placesBySlot.get(slots);
  if (known) return known;
  const places = new Map<number, number[]>();
  slots.forEach((slot, index) => {
    getOrInsert(places, sets.rootOf(slot), () => []).push(index);
  });
  placesBySlot.set(slots, places);
  return places;
}

function keyOf({ activation, axis }: Reading): string {
  return `${axis} ${activation}`;
}

function addSquares(sums: Float64Array, floats: Float32Array, shape: readonly number[], axis: number): void {
  const size = at(shape, axis);
  const inner = numelOf(shape.slice(axis + 1));
  for (let start = 0, index = 0; start < floats.length; start += inner, index = (index + 1) % size) {
    let sum = 0;
    for (let i = start; i < start + inner; i++) sum += (floats[i] ?? 0) ** 2;
    sums[index] = (sums[index] ?? 0) + sum;
  }
}
