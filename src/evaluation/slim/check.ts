/** The smaller model held against the same with zeros in the place of what went. */
import { throwIfCancelled } from '../../lib/errors';
import { known } from '../../lib/known';
import { floatOutputs } from '../comparison';
import type { ModelInMemory } from '../graph/modelInMemory';
import { type Batch, type Dataset, smallBatches } from '../inputs/dataset';
import type { Runnable } from '../running';
import { withSession } from './running';

/** Of the largest output: roundings of sums of other lengths. */
const tolerance = 1e-5;
/** The runtime's own optimisations round, too: as much is allowed, several times. */
const timesNoise = 4;
/** What would be noise beyond this is a model that cannot be judged so. */
const mostNoise = 1e-2;

/** Operators that hide differences of large numbers: what goes into them is compared. */
const squashing: ReadonlySet<string> = new Set(['Softmax', 'Sigmoid', 'LogSoftmax', 'HardSigmoid']);

export interface Checked {
  /** The largest, as a share of the largest of its output; NaN where either has one that is no number. */
  readonly difference: number;
  /** As much is taken for roundings. */
  readonly allowed: number;
}

export function isSame({ difference, allowed }: Checked): boolean {
  return difference <= allowed;
}

/** @param batches that both are run on @throws CheckpointError `evaluation-failed`, `cancelled`, `out-of-memory` */
export async function checked(
  runnable: Runnable,
  zeroed: ModelInMemory,
  smaller: ModelInMemory,
  batches: readonly Batch[],
  signal: AbortSignal,
): Promise<Checked> {
  const names = comparedIn(zeroed);
  const run = (graph: ModelInMemory, plain = false) =>
    withSession(
      runnable,
      graph,
      async (session) => {
        const outputs: Map<string, Float32Array>[] = [];
        for (const batch of batches) {
          throwIfCancelled(signal);
          const floats = floatOutputs(await session.run(batch.feeds), batch);
          outputs.push(new Map([...floats].map(([name, { floats: own }]) => [name, own])));
        }
        return outputs;
      },
      { outputs: names, plain },
    );
  const expected = await run(zeroed);
  const difference = largestDifference(expected, await run(smaller), names);
  if (difference <= tolerance) return { difference, allowed: tolerance };
  const noise = largestDifference(expected, await run(zeroed, true), names);
  const allowed = noise <= mostNoise ? Math.max(tolerance, timesNoise * noise) : tolerance;
  return { difference, allowed };
}

/** Outputs of the model, or what goes into the last operator where that squashes it. */
function comparedIn({ operators }: ModelInMemory): string[] {
  const { nodes, outputs } = operators.main;
  return outputs.map(({ name }) => {
    const last = nodes.find((node) => node.outputs.includes(name));
    return (last && squashing.has(last.opType) && last.inputs[0]) || name;
  });
}

function largestDifference(
  expected: readonly ReadonlyMap<string, Float32Array>[],
  actual: readonly ReadonlyMap<string, Float32Array>[],
  names: readonly string[],
): number {
  let largest = 0;
  for (const [i, outputs] of expected.entries()) {
    for (const name of names) {
      const own = outputs.get(name);
      // No numbers, but text and the like.
      if (!own) continue;
      const other = known(actual[i] ?? new Map<string, Float32Array>(), name);
      if (other.length !== own.length) return Number.POSITIVE_INFINITY;
      let [most, apart] = [0, 0];
      for (const [at, value] of own.entries()) {
        most = Math.max(most, Math.abs(value));
        apart = Math.max(apart, Math.abs(value - (other[at] ?? Number.NaN)));
      }
      largest = Math.max(largest, apart === 0 ? 0 : apart / (most || 1));
    }
  }
  return largest;
}

/** Batches that the smaller model is held against the other on: of every shape that there is, up to three. */
const shapesChecked = 3;
const samplesChecked = 4;

export function batchesToCheck({ inputs }: Runnable, dataset: Dataset): Batch[] {
  const byShape = new Map<string, Batch>();
  for (const batch of smallBatches(inputs, dataset, samplesChecked, dataset.samples)) {
    const shape = [...batch.feeds.values()].map((values) => values.shape.join('×')).join();
    if (!byShape.has(shape) && byShape.size < shapesChecked) byShape.set(shape, batch);
  }
  return [...byShape.values()];
}
