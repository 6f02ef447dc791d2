/** What TensorFlow's names say: Keras' of its classes, and those of slim and Sonnet, whose kernels are called weights. */
import { axesAt } from '../../tensors/axes';
import type { Declared } from '../../tensors/evidence';
import { declaredOf as declaredByKeras, familyOf } from '../keras/evidence';

/** @param name with slashes: `conv2d/kernel`, `MobilenetV1/Conv2d_0/weights` */
export function declaredOf(name: string, shape: readonly number[]): Declared | undefined {
  const steps = name.replace(/:\d+$/, '').split('/');
  const leaf = steps.at(-1) ?? '';
  const owners = steps.slice(0, -1).reverse();
  // Keras' own names of layers stand before their variables; cells and heads lie within others.
  const family = familyOf(owners.slice(0, 2));
  const byKeras = family && declaredByKeras(family, leaf, shape, owners[0]);
  if (byKeras) return byKeras;
  const last = shape.length - 1;
  const because = `named ${leaf}`;
  if (leaf === 'biases') return { kind: 'bias', because };
  if (/^depthwise_(weights|kernel)$/.test(leaf) && last >= 2) {
    return { kind: 'conv', because, axes: { outputs: [last - 1, last], inputs: [] } };
  }
  if (!/^(weights|pointwise_weights|w)$/.test(leaf)) return undefined;
  if (last >= 2) return { kind: 'conv', because: `${because}, of (…, inputs, outputs)`, axes: axesAt(last, last - 1) };
  return last === 1 ? { kind: 'linear', because: `${because}, of (inputs, outputs)`, axes: axesAt(1, 0) } : undefined;
}
