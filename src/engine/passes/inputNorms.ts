/** What is known of a layer's inputs (their norms, or factors of their moments), and which of it each weight multiplies. */
import { CheckpointError } from '../../lib/errors';
import { at } from '../../lib/known';
import type { InputNeed } from '../../pruning/criteria/criterion';
import { type Axes, kernelAxesOf, plainAxesOf } from '../../tensors/axes';
import { numelOf } from '../../tensors/tensor';

interface Weight {
  readonly shape: readonly number[];
  readonly axes?: Axes;
}

/** Of one group: its channels, or the places of its kernel in each. Undefined where not one dimension counts them. */
export function inputsInGroup(weight: Weight, of: InputNeed): number | undefined {
  const plain = of === 'moments' && weight.axes?.copies ? undefined : plainAxesOf(weight);
  const kernel = of === 'moments' ? kernelAxesOf(weight) : [];
  return plain && numelOf([plain.inputs, ...kernel].map((axis) => at(weight.shape, axis)));
}

/**
 * Groups of a layer that multiplies so many inputs. A convolution has `groups * shape[1]` of them: its outputs are divided
 * among the groups, and each group sees channels of its own (torch.nn.Conv2d). All others have one group.
 * @param count of norms: one a channel; of moments one for every place of the kernel in each channel
 * @returns undefined where no layer with such a weight has so many inputs, or where they are not counted by one dimension
 */
export function inputGroupsOf(weight: Weight, count: number, of: InputNeed = 'norms'): number | undefined {
  const plain = plainAxesOf(weight);
  const own = inputsInGroup(weight, of);
  if (!plain || own === undefined) return undefined;
  if (count === own) return 1;
  // A transposed convolution, whose outputs are dimension 1, has the inputs of all groups in dimension 0.
  if (kernelAxesOf(weight).length === 0 || plain.outputs !== 0) return undefined;
  const groups = count / own;
  return Number.isInteger(groups) && groups > 1 && at(weight.shape, plain.outputs) % groups === 0 ? groups : undefined;
}

/** What the elements of a storage are multiplied with, as the kernels' `product` takes it. */
export interface Factors {
  readonly factors: Float32Array;
  /** Elements side by side with the same one. */
  readonly stride: number;
}

/**
 * @param known as many as inputGroupsOf allows, group by group, channel by channel, place by place: output o is multiplied with
 *   those of group `floor(o / (outputs / groups))`
 * @param strides in elements, of a storage without gaps
 * @throws CheckpointError `unsupported-feature` where they are not as many as there are inputs
 */
export function factorsOf(
  known: Float32Array,
  weight: Weight,
  strides: readonly number[],
  name: string,
  of: InputNeed = 'norms',
): Factors {
  const { shape } = weight;
  const plain = plainAxesOf(weight);
  const groups = inputGroupsOf(weight, known.length, of);
  if (!plain || groups === undefined) {
    throw new CheckpointError(
      'unsupported-feature',
      `${name} has ${known.length} ${of} of inputs, and not as many inputs.`,
      { tensor: name, advice: `Collect the ${of} again.` },
    );
  }
  const outputsPerGroup = shape[plain.outputs]! / groups;
  const columns = [plain.inputs, ...(of === 'moments' ? kernelAxesOf(weight) : [])];
  const axes = groups > 1 ? [plain.outputs, ...columns] : columns;
  // The indices together repeat only behind the slowest of them.
  const run = Math.min(...axes.map((axis) => strides[axis]!));
  const period = Math.max(...axes.map((axis) => strides[axis]! * shape[axis]!));
  const factors = new Float32Array(period / run);
  for (let i = 0; i < factors.length; i++) {
    const output = Math.floor((i * run) / strides[plain.outputs]!) % shape[plain.outputs]!;
    let place = groups > 1 ? Math.floor(output / outputsPerGroup) : 0;
    for (const axis of columns) place = place * shape[axis]! + (Math.floor((i * run) / strides[axis]!) % shape[axis]!);
    factors[i] = known[place]!;
  }
  return { factors, stride: run };
}
