/** Norms of a layer's inputs, and which of them each weight multiplies. */
import { CheckpointError } from '../../lib/errors';
import { type Axes, kernelAxesOf, plainAxesOf } from '../../tensors/axes';
import { numelOf } from '../../tensors/tensor';

interface Weight {
  readonly shape: readonly number[];
  readonly axes?: Axes;
}

/**
 * Groups of a layer that multiplies so many inputs. A convolution has `groups * shape[1]` of them: its outputs are divided
 * among the groups, and each group sees channels of its own (torch.nn.Conv2d). All others have one group.
 * @returns undefined where no layer with such a weight has so many inputs, or where they are not counted by one dimension
 */
export function inputGroupsOf(weight: Weight, inputs: number): number | undefined {
  const plain = plainAxesOf(weight);
  if (!plain) return undefined;
  const { shape } = weight;
  const own = shape[plain.inputs]!;
  if (inputs === own) return 1;
  // A transposed convolution, whose outputs are dimension 1, has the inputs of all groups in dimension 0.
  if (kernelAxesOf(weight).length === 0 || plain.outputs !== 0) return undefined;
  const groups = inputs / own;
  return Number.isInteger(groups) && groups > 1 && shape[plain.outputs]! % groups === 0 ? groups : undefined;
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
 * @throws CheckpointError `unsupported-feature` where they are not as many as there are inputs
 */
export function factorsOf(norms: Float32Array, weight: Weight, strides: readonly number[], name: string): Factors {
  const { shape } = weight;
  const plain = plainAxesOf(weight);
  const groups = inputGroupsOf(weight, norms.length);
  if (!plain || groups === undefined) {
    throw new CheckpointError(
      'unsupported-feature',
      `${name} has ${norms.length} norms of inputs, and not as many inputs.`,
      { tensor: name, advice: 'Collect the norms again.' },
    );
  }
  const inputs = shape[plain.inputs]!;
  const outputs = shape[plain.outputs]!;
  const stride = strides[plain.inputs]!;
  if (groups === 1) return { factors: norms, stride };
  const outputStride = strides[plain.outputs]!;
  const outputsPerGroup = outputs / groups;
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
