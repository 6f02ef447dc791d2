/** The checkpoint's weights as the graph wants them, fetched again only where pruning changed them. */
import { isEqual } from '../lib/equal';
import { throwIfCancelled } from '../lib/errors';
import { rowByRow } from '../tensors/layout';
import { numelOf, type TensorId } from '../tensors/tensor';
import { elementsOf } from './graph/modelInMemory';
import type { Target } from './pairing';
import type { Outcomes } from './protocol';
import { converted, fromNumbers, toFloats, type Values, widthOf } from './values';

/** Asks the engine: the bytes of whole tensors as `outcomes` leave them. */
export type FetchWeights = (
  outcomes: Outcomes,
  tensors: readonly TensorId[],
  signal: AbortSignal | undefined,
) => Promise<ReadonlyMap<TensorId, Uint8Array<ArrayBuffer>>>;

/** Takes the elements of a target in the graph's dtype and layout. */
export type PutElements = (target: Target, elements: Uint8Array<ArrayBuffer>) => void;

/** Fetched at a time, so that a large model is in memory once, not twice. */
const batchBytes = 64 * 2 ** 20;

export class PrunedWeights {
  private readonly base: Uint8Array;
  private readonly targets: readonly Target[];
  private readonly fetch: FetchWeights;
  /** What was put last, by tensor. */
  private readonly current = new Map<TensorId, unknown>();

  /** @param base bytes of the unpruned model */
  constructor(base: Uint8Array, targets: readonly Target[], fetch: FetchWeights) {
    this.base = base;
    this.targets = targets;
    this.fetch = fetch;
  }

  /**
   * Puts every target whose outcome is another than last time. When it is cancelled or fails, what was put stays put and
   * is known.
   * @returns how many were put
   */
  async update(outcomes: Outcomes, put: PutElements, signal: AbortSignal | undefined): Promise<number> {
    const changed = this.targets.filter(({ tensor }) => !isEqual(this.current.get(tensor.id), outcomes.get(tensor.id)));
    for (const target of changed.filter(({ tensor }) => !outcomes.has(tensor.id))) {
      put(target, elementsOf(this.base, target.graph));
      this.current.delete(target.tensor.id);
    }
    const pruned = changed.filter(({ tensor }) => outcomes.has(tensor.id));
    for (const batch of inBatches(pruned)) {
      const weights = await this.fetch(outcomes, [...new Set(batch.map(({ tensor }) => tensor.id))], signal);
      throwIfCancelled(signal);
      for (const target of batch) {
        put(target, elementsFor(this.base, target, weights.get(target.tensor.id)!));
        this.current.set(target.tensor.id, outcomes.get(target.tensor.id));
      }
    }
    return changed.length;
  }

  /** The next update puts everything that is not as in the file. */
  forget(): void {
    for (const id of this.current.keys()) this.current.set(id, unknown);
  }
}

/** No outcome is equal to it. */
const unknown = Symbol('unknown');

function* inBatches(targets: readonly Target[]): Generator<Target[]> {
  let batch: Target[] = [];
  let bytes = 0;
  for (const target of targets) {
    batch.push(target);
    bytes += numelOf(target.graph.shape) * widthOf(target.graph.dtype);
    if (bytes < batchBytes) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}

/** A tensor of the checkpoint in the graph's dtype and layout. */
export function elementsFor(base: Uint8Array, target: Target, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const { tensor, graph, factors, transposed } = target;
  const values: Values = { dtype: tensor.dtype, shape: tensor.shape, bytes };
  if (factors) return multiplied(elementsOf(base, graph), graph, values, factors);
  const inDtype = converted(values, graph.dtype);
  if (!transposed) return inDtype.bytes;
  const [rows = 1, columns = 1] = tensor.shape;
  return rowByRow(inDtype.bytes, [columns, rows], [1, columns], widthOf(graph.dtype));
}

/** Of the largest weight of an output: a product that is no further from the graph's own is the graph's own. */
const foldingTolerance = 1e-5;

/**
 * The checkpoint's values, each output's times its factor. What was not changed keeps the graph's own bits: folding rounds
 * elsewhere.
 */
function multiplied(
  elements: Uint8Array<ArrayBuffer>,
  { dtype, shape }: Target['graph'],
  values: Values,
  factors: Float64Array,
): Uint8Array<ArrayBuffer> {
  const own = toFloats({ dtype, shape, bytes: elements });
  const floats = toFloats(values);
  const length = floats.length / factors.length;
  const products = new Float32Array(floats.length);
  factors.forEach((factor, output) => {
    const [from, to] = [output * length, (output + 1) * length];
    let largest = 0;
    for (let i = from; i < to; i++) largest = Math.max(largest, Math.abs(own[i]!));
    for (let i = from; i < to; i++) {
      const product = floats[i]! * factor;
      const isSame = floats[i] !== 0 && Math.abs(product - own[i]!) <= foldingTolerance * largest;
      products[i] = isSame ? own[i]! : product;
    }
  });
  return fromNumbers(dtype, shape, products).bytes;
}
