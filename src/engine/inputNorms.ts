/** Norms of a layer's inputs, and which of them each weight multiplies. */
import { inputAxisOf } from '../tensors/axes';
import { numelOf, type TensorInfo } from '../tensors/tensor';

type Weight = Pick<TensorInfo, 'kind' | 'shape' | 'outputAxis'>;

/**
 * Groups of a layer that multiplies so many inputs. A convolution has `groups * shape[1]` of them: its outputs are divided
 * among the groups, and each group sees channels of its own (torch.nn.Conv2d). All others have one group.
 * @returns undefined where no layer with such a weight has so many inputs
 */
export function inputGroupsOf(weight: Weight, inputs: number): number | undefined {
  const { shape, outputAxis = 0 } = weight;
  const axis = inputAxisOf(weight);
  if (axis === undefined) return undefined;
  if (inputs === shape[axis]) return 1;
  // A transposed convolution, whose outputs are dimension 1, has the inputs of all groups in dimension 0.
  if (shape.length < 3 || outputAxis !== 0) return undefined;
  const groups = inputs / shape[axis]!;
  return Number.isInteger(groups) && groups > 1 && shape[outputAxis]! % groups === 0 ? groups : undefined;
}

/** What the elements of a storage are multiplied with, as the kernels' `product` takes it. */
export interface Factors {
  readonly factors: Float32Array;
  /** Elements side by side with the same one. */
  readonly stride: number;
}

/**
 * @param norms as many as inputGroupsOf allows, group by group: output o is multiplied with those of group
 *   `floor(o / (outputs / groups))`
 * @param strides in elements, of a storage without gaps
 */
export function factorsOf(norms: Float32Array, weight: Weight, strides: readonly number[]): Factors {
  const { shape, outputAxis = 0 } = weight;
  const inputAxis = inputAxisOf(weight)!;
  const inputs = shape[inputAxis]!;
  const outputs = shape[outputAxis]!;
  const stride = strides[inputAxis]!;
  if (norms.length === inputs) return { factors: norms, stride };
  const outputStride = strides[outputAxis]!;
  const outputsPerGroup = outputs / (norms.length / inputs);
  // The two indices together repeat only at the end of the storage.
  const run = Math.min(stride, outputStride);
  const factors = new Float32Array(numelOf(shape) / run);
  for (let i = 0; i < factors.length; i++) {
    const output = Math.floor((i * run) / outputStride) % outputs;
    const input = Math.floor((i * run) / stride) % inputs;
    factors[i] = norms[Math.floor(output / outputsPerGroup) * inputs + input]!;
  }
  return { factors, stride: run };
}
