/** Which tensor of the open checkpoint is which tensor of the graph. */
import { isPrunableDtype } from '../tensors/dtype';
import { numelOf, type TensorId } from '../tensors/tensor';
import { elementsOf, type GraphTensor, type ModelInMemory } from './graph/modelInMemory';
import { namesakes } from './namesakes';
import { normsFoldedIn } from './normsFoldedIn';
import type { CheckpointTensor, Match, Pairing, TensorPair } from './protocol';
import { axesSwapped, toFloats } from './values';

/** The bytes of whole tensors of the checkpoint as they are in the file, row by row, little-endian. */
export type ReadWeights = (tensors: readonly TensorId[]) => Promise<ReadonlyMap<TensorId, Uint8Array<ArrayBuffer>>>;

/** A tensor that pruning changes, and where the graph has it. */
export interface Target {
  readonly tensor: CheckpointTensor;
  readonly graph: GraphTensor;
  readonly match: Match;
  /** Two dimensions, swapped. */
  readonly transposed: boolean;
  /** Of `folded`: what each output of the checkpoint's is multiplied with. */
  readonly factors?: Float64Array;
}

export interface Paired {
  readonly pairing: Pairing;
  readonly targets: readonly Target[];
}

/** Every tensor is the one of the same index. */
export function pairSameFile(graph: ModelInMemory, tensors: readonly CheckpointTensor[]): Paired {
  const targets: Target[] = [];
  const unmatched: Pairing['unmatched'][number][] = [];
  for (const tensor of tensors.filter(({ prunable }) => prunable)) {
    const place = graph.tensors[tensor.id];
    if (place) targets.push({ tensor, graph: place, match: 'same file', transposed: false });
    else unmatched.push({ tensor: tensor.id, name: tensor.name, reason: 'stored outside the graph' });
  }
  return { targets, pairing: { pairs: targets.map(pairOf), unmatched, foldedIn: [], needsConfirmation: false } };
}

/** Weights read at a time: few are in memory together. */
const batchBytes = 64 * 2 ** 20;

/**
 * By name first, then by shape and content: exporters rename, transpose, and fold batch normalisation into the layer
 * before it.
 */
export async function pairByContent(
  graph: ModelInMemory,
  tensors: readonly CheckpointTensor[],
  readWeights: ReadWeights,
  progress: (done: number, total: number) => void,
): Promise<Paired> {
  const free = new Set(graph.tensors.filter((tensor) => tensor !== undefined && isPrunableDtype(tensor.dtype)));
  const places = [...free] as GraphTensor[];
  const wanted = tensors.filter(({ prunable, dtype }) => prunable && isPrunableDtype(dtype));
  const named = namesakes(wanted, places);
  const targets = new Map<TensorId, Target>();
  const unmatched: Pairing['unmatched'][number][] = [];
  /** Of those that were not found, vectors. */
  const vectors = new Map<TensorId, Float32Array>();
  let done = 0;
  // Those that have a name in common first, so that content decides among the rest only.
  const ordered = [...wanted].sort((a, b) => Number(named.has(b.id)) - Number(named.has(a.id)));
  for (const batch of batchesOf(ordered)) {
    const weights = await readWeights(batch.map(({ id }) => id));
    for (const tensor of batch) {
      const floats = toFloats({ ...tensor, bytes: weights.get(tensor.id)! });
      const place = named.get(tensor.id);
      const target =
        (place && targetAt(graph, tensor, floats, place, 'name')) ??
        findByContent(graph, tensor, floats, places, free as Set<GraphTensor>);
      if (target) {
        targets.set(tensor.id, target);
        free.delete(target.graph);
      } else {
        unmatched.push({ tensor: tensor.id, name: tensor.name, reason: whyUnmatched(place) });
        if (tensor.shape.length === 1) vectors.set(tensor.id, floats.slice());
      }
      progress(++done, wanted.length);
    }
  }
  const inOrder = wanted.flatMap(({ id }) => targets.get(id) ?? []);
  const byDefault = new Set(wanted.filter((tensor) => tensor.byDefault).map(({ id }) => id));
  const foldedIn = normsFoldedIn(inOrder, unmatched, vectors);
  const isFoldedIn = new Set(foldedIn.map(({ tensor }) => tensor));
  const lost = unmatched.filter(({ tensor }) => !isFoldedIn.has(tensor));
  const needsConfirmation =
    inOrder.some(({ match }) => match !== 'name') || lost.some(({ tensor }) => byDefault.has(tensor));
  return { targets: inOrder, pairing: { pairs: inOrder.map(pairOf), unmatched: lost, foldedIn, needsConfirmation } };
}

function pairOf({ tensor, graph, match, transposed }: Target): TensorPair {
  return { tensor: tensor.id, name: tensor.name, initializer: graph.name, match, transposed };
}

function whyUnmatched(place: GraphTensor | undefined): string {
  if (place) return `the graph's ${place.name} has the shape ${place.shape.join('×')}`;
  return 'no tensor of the graph has its name or its content';
}

function* batchesOf(tensors: readonly CheckpointTensor[]): Generator<CheckpointTensor[]> {
  let batch: CheckpointTensor[] = [];
  let bytes = 0;
  for (const tensor of tensors) {
    batch.push(tensor);
    bytes += numelOf(tensor.shape) * 4;
    if (bytes < batchBytes) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}

function findByContent(
  graph: ModelInMemory,
  tensor: CheckpointTensor,
  floats: Float32Array,
  places: readonly GraphTensor[],
  free: ReadonlySet<GraphTensor>,
): Target | undefined {
  // A tensor of one number (fresh biases are all 0) is like any other of its shape.
  if (floats.every((value) => value === floats[0])) return undefined;
  for (const place of places) {
    if (!free.has(place)) continue;
    const target = targetAt(graph, tensor, floats, place, 'content');
    // A short vector is like many others: only its exact content tells it.
    if (target && (target.match === 'content' || numelOf(tensor.shape) >= 16)) return target;
  }
  return undefined;
}

function targetAt(
  graph: ModelInMemory,
  tensor: CheckpointTensor,
  floats: Float32Array,
  place: GraphTensor,
  how: 'name' | 'content',
): Target | undefined {
  const straight = isSameShape(tensor.shape, place.shape) || isListed(tensor.shape, place.shape);
  const swapped = tensor.shape.length === 2 && isSameShape([...tensor.shape].reverse(), place.shape);
  if (!straight && !swapped) return undefined;
  const theirs = toFloats({ ...place, bytes: elementsOf(graph.bytes, place) });
  if (straight && isSame(floats, theirs)) return { tensor, graph: place, match: how, transposed: false };
  if (swapped && isSame(axesSwapped(floats, tensor.shape[0] ?? 1), theirs)) {
    return { tensor, graph: place, match: how, transposed: true };
  }
  const factors = straight ? factorsByRow(floats, theirs, tensor.shape) : undefined;
  if (factors) return { tensor, graph: place, match: 'folded', transposed: false, factors };
  return how === 'name' ? { tensor, graph: place, match: 'name only', transposed: !straight } : undefined;
}

/** A list with axes of one element around it, as slopes of PReLU stand beside channels. */
function isListed(list: readonly number[], shape: readonly number[]): boolean {
  const [count = 0] = list;
  return (
    list.length === 1 &&
    count > 1 &&
    isSameShape(
      shape.filter((size) => size !== 1),
      list,
    )
  );
}

function isSameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

function isSame(a: Float32Array, b: Float32Array): boolean {
  return a.every((value, i) => value === b[i]);
}

/** Folding is done in f32: the quotient of two roundings. */
const foldingTolerance = 1e-5;

/** What each output's weights in the graph are the checkpoint's times; undefined where they are not so. */
function factorsByRow(mine: Float32Array, theirs: Float32Array, shape: readonly number[]): Float64Array | undefined {
  const rows = shape[0] ?? 1;
  const length = mine.length / rows;
  if (shape.length < 2 || length < 2) return undefined;
  const factors = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    let squares = 0;
    let product = 0;
    let theirSquares = 0;
    for (let i = row * length; i < (row + 1) * length; i++) {
      squares += mine[i]! * mine[i]!;
      product += mine[i]! * theirs[i]!;
      theirSquares += theirs[i]! * theirs[i]!;
    }
    const factor = squares === 0 ? 0 : product / squares;
    let rest = 0;
    for (let i = row * length; i < (row + 1) * length; i++) rest += (theirs[i]! - factor * mine[i]!) ** 2;
    if (!(rest <= foldingTolerance ** 2 * theirSquares)) return undefined;
    factors[row] = factor;
  }
  return factors;
}
