/** Which dimension of a weight means what. */
import type { TensorInfo } from './tensor';

/**
 * The axis that counts inputs: the reduction dimension, along which n:m patterns run. Dimension 1 of PyTorch's linear
 * and convolution weights, K of an ONNX MatMul, the last one of a recurrent weight by directions.
 * @returns undefined for fewer than two dimensions
 */
export function inputAxisOf({
  shape,
  kind,
  outputAxis = 0,
}: Pick<TensorInfo, 'shape' | 'kind' | 'outputAxis'>): number | undefined {
  if (shape.length < 2) return undefined;
  if (outputAxis === 0) return 1;
  return kind === 'recurrent' && shape.length === 3 ? 2 : outputAxis - 1;
}

/** Which axes of a tensor go down its picture and which across, from the slowest to the fastest. */
export interface PictureAxes {
  readonly down: readonly number[];
  readonly across: readonly number[];
}

/** Outputs down, inputs across; of the rest (positions in a kernel) the last across, within an input, all others down. */
export function pictureAxesOf(tensor: Pick<TensorInfo, 'shape' | 'kind' | 'outputAxis'>): PictureAxes {
  const outputs = tensor.shape.length === 0 ? undefined : (tensor.outputAxis ?? 0);
  const inputs = inputAxisOf(tensor);
  if (inputs === undefined) return { down: [], across: outputs === undefined ? [] : [outputs] };
  const rest = tensor.shape.map((_, axis) => axis).filter((axis) => axis !== outputs && axis !== inputs);
  const last = rest.pop();
  return { down: [outputs!, ...rest], across: last === undefined ? [inputs] : [inputs, last] };
}
