/** Repairs of made-up values: what was kept shrinks by a quarter, biases and readers move by a little. */
import type { CallContext } from '../../src/engine/callContext';
import type { Outcomes } from '../../src/engine/exports/source';
import type { Session } from '../../src/engine/session';
import { keepRepair } from '../../src/engine/worker/repairing';
import type { Recipe } from '../../src/pruning/recipe';
import { hashOfRecipe, type Repair, type RepairedTensor } from '../../src/pruning/repair';
import type { PrunableDtype } from '../../src/tensors/dtype';
import { elementBytes } from '../../src/tensors/elements';
import { numbersOf } from '../../src/tensors/numbers';
import type { TensorId } from '../../src/tensors/tensor';

const context: CallContext = { signal: new AbortController().signal, progress: () => {} };

/**
 * Repairs every tensor that is in, and all others named, where all of their weights are numbers.
 * @param others biases and readers
 */
export async function madeUpRepair(
  session: Session,
  recipe: Recipe,
  outcomes: Outcomes,
  others: readonly string[] = [],
  id = 'made-up',
): Promise<{ repair: Repair; values: Map<TensorId, Uint8Array<ArrayBuffer>> }> {
  const { layers } = session.opened;
  const named = others.map((name) => layers.findIndex((layer) => layer.name === name));
  const tensors = [...new Set([...outcomes.keys(), ...named])].filter((tensor) => {
    const { nan = 1, inf = 0 } = layers[tensor]?.statistics ?? {};
    return nan + inf === 0;
  });
  const before = await session.weights(outcomes, tensors, context);
  const values = new Map<TensorId, Uint8Array<ArrayBuffer>>();
  for (const [tensor, bytes] of before) {
    const dtype = layers[tensor]!.dtype as PrunableDtype;
    const step = outcomes.has(tensor) ? 0 : 0.125;
    values.set(
      tensor,
      elementBytes(
        dtype,
        Array.from(numbersOf(dtype, bytes), (value) => value * 0.75 + step),
      ),
    );
  }
  const { file, counts } = keepRepair(session, id, values);
  const repaired = tensors.map((tensor): RepairedTensor => {
    const outcome = outcomes.get(tensor);
    const { name } = layers[tensor]!;
    const role = outcome ? 'pruned' : name.endsWith('bias') ? 'bias' : 'reader';
    const { zeros } = counts.get(tensor)!;
    return { tensor, name, role, pruned: outcome?.pruned ?? 0, zeros, before: 0.5, after: 0.125 };
  });
  const repair = {
    id,
    of: hashOfRecipe(recipe),
    file,
    inputs: '256 of digits-calibration.npz',
    samples: 256,
    damping: 0.01,
    between: false,
    tensors: repaired,
    leftOut: [],
  };
  return { repair, values };
}
