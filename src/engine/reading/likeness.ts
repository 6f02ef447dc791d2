/** What other files are to the open checkpoint: its graph, an earlier state of it, or something else. Reads their structure only. */
import { openCheckpoint } from '../../formats/registry';
import { firstPart, type Part } from '../../lib/parts';
import type { ByteSource } from '../../lib/source';
import { isPrunableDtype } from '../../tensors/dtype';
import type { Layer } from '../opened';

export interface Likeness {
  readonly fileName: string;
  /** Whether it is a graph. */
  readonly graph: boolean;
  /** Weights of the open checkpoint that are in by default. */
  readonly weights: number;
  /** Of those, how many it has one each of the same shape for: exporters rename, and swap the two axes of matrices. */
  readonly ofSameShape: number;
  /** Tensors of the open checkpoint that it holds under the same name, with the same shape and dtype. */
  readonly ofSameName: number;
}

/** @throws CheckpointError what opening a checkpoint throws */
export async function likenessOf(
  source: ByteSource,
  parts: readonly Part[],
  layers: readonly Layer[],
): Promise<Likeness> {
  const { tensors, can } = await openCheckpoint(source, parts);
  const floats = tensors.filter(({ dtype }) => isPrunableDtype(dtype));
  const free = new Map<string, number>();
  for (const { shape } of floats) free.set(shapeKey(shape), (free.get(shapeKey(shape)) ?? 0) + 1);
  const weights = layers.filter(({ byDefault }) => byDefault);
  let ofSameShape = 0;
  for (const { shape } of weights) {
    const left = free.get(shapeKey(shape)) ?? 0;
    if (left === 0) continue;
    free.set(shapeKey(shape), left - 1);
    ofSameShape++;
  }
  const named = new Map(floats.map((tensor) => [tensor.name, tensor]));
  const ofSameName = layers.filter(({ name, prunable, dtype, shape }) => {
    const other = named.get(name);
    return prunable && other?.dtype === dtype && other.shape.join() === shape.join();
  }).length;
  return {
    fileName: firstPart(parts).name,
    graph: can.graph === true,
    weights: weights.length,
    ofSameShape,
    ofSameName,
  };
}

function shapeKey(shape: readonly number[]): string {
  return (shape.length === 2 ? [...shape].sort((a, b) => a - b) : shape).join();
}
