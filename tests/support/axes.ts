/** Axes of made-up tensors. */
import { type Axes, axesAt } from '../../src/tensors/axes';

/** Outputs at `outputs`, inputs at the dimension before it (at 1 where there is none), as PyTorch and ONNX have them. */
export function usualAxes(shape: readonly number[], outputs = 0): { readonly axes?: Axes } {
  return shape.length < 2 ? {} : { axes: axesAt(outputs, outputs === 0 ? 1 : outputs - 1) };
}
