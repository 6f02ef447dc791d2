/** What a weight is worth that others can make up for: the diagonal of the inverse of H. */
import { throwIfCancelled } from '../../lib/errors';
import { Turns } from '../../lib/turns';

/**
 * [(H + λI)⁻¹]ⱼⱼ, by Cholesky's factor L: the sum of squares of column j of L⁻¹.
 * @param h inputs × inputs; its lower triangle is L afterwards
 * @returns undefined where it is not positive definite in f64
 * @throws CheckpointError `cancelled`
 */
export async function inverseDiagonal(
  h: Float64Array,
  inputs: number,
  lambda: number,
  signal: AbortSignal,
): Promise<Float64Array | undefined> {
  const diagonal = new Float64Array(inputs);
  const inverse = new Float64Array(inputs * inputs);
  const turns = new Turns();
  for (let i = 0; i < inputs; i++) {
    await turns.next();
    throwIfCancelled(signal);
    const row = i * inputs;
    for (let j = 0; j <= i; j++) {
      let sum = h[row + j]! + (i === j ? lambda : 0);
      for (let t = 0, from = j * inputs; t < j; t++) sum -= h[row + t]! * h[from + t]!;
      if (i === j && !(sum > 0)) return undefined;
      h[row + j] = i === j ? Math.sqrt(sum) : sum / h[j * inputs + j]!;
    }
    const scale = 1 / h[row + i]!;
    for (let t = 0; t < i; t++) {
      const factor = h[row + t]! * scale;
      for (let j = 0, from = t * inputs; j <= t; j++) inverse[row + j]! -= factor * inverse[from + j]!;
    }
    inverse[row + i] = scale;
    for (let j = 0; j <= i; j++) diagonal[j]! += inverse[row + j]! ** 2;
  }
  return diagonal;
}
