/** Fitted weights as the checkpoint has them: its dtype, its axes, and without the norms that the graph has folded in. */
import type { Target } from '../pairing';
import { axesSwapped, fromNumbers, type Values } from '../values';

/**
 * Outputs × inputs of the product, as one matrix in row order.
 * @param floats of a tensor, in its own order
 */
export function asMatrix(floats: ArrayLike<number>, outputs: number, inputsFirst: boolean): Float64Array {
  const matrix = new Float64Array(floats);
  return inputsFirst ? axesSwapped(matrix, matrix.length / outputs) : matrix;
}

/** @param matrix outputs × inputs, as the graph's tensor multiplies @returns in the order of the graph's tensor */
export function asTensor(matrix: Float64Array, outputs: number, inputsFirst: boolean): Float64Array {
  return inputsFirst ? axesSwapped(matrix, outputs) : matrix;
}

/**
 * Rounded once, to the checkpoint's dtype.
 * @param numbers in the order of the graph's tensor
 * @returns whole tensor, row by row, little-endian
 */
export function carriedBack(
  { tensor, graph, transposed, factors }: Target,
  numbers: Float64Array,
): Uint8Array<ArrayBuffer> {
  let own = numbers;
  if (factors) {
    const length = numbers.length / factors.length;
    // An output without a factor has nothing but zeros in the graph.
    own = numbers.map((value, i) => (value === 0 ? 0 : value / (factors[Math.floor(i / length)] ?? 1)));
  } else if (transposed) {
    own = axesSwapped(numbers, graph.shape[0] ?? 1);
  }
  const values: Values = fromNumbers(tensor.dtype, tensor.shape, tensor.dtype === 'F32' ? new Float32Array(own) : own);
  return values.bytes;
}
