/** What a module of an unknown class is, by the attributes that layers of its kind have; shapes have to agree. */
import { at } from '../../../lib/known';
import { type Axes, axesAt } from '../../../tensors/axes';
import type { LayerKind } from '../../../tensors/tensor';
import type { PyValue } from '../pickle/values';

/** What attributes say of a module's weight. */
export interface AttributeEvidence {
  readonly kind: LayerKind;
  readonly axes?: Axes;
  /** Behind "the module". */
  readonly because: string;
}

export type Attributes = ReadonlyMap<PyValue, PyValue>;

type Rule = (shape: readonly number[], attributes: Attributes) => AttributeEvidence | undefined;

function numberAt(attributes: Attributes, ...names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = attributes.get(name);
    if (typeof value === 'number') return value;
  }
  return undefined;
}

const embedding: Rule = (shape, attributes) => {
  const count = numberAt(attributes, 'num_embeddings');
  if (count === undefined || shape.length !== 2) return undefined;
  const width = numberAt(attributes, 'embedding_dim');
  const agrees = width === undefined ? shape[0] === count : shape[1] === width;
  return agrees ? { kind: 'embedding', axes: axesAt(0, 1), because: 'has num_embeddings' } : undefined;
};

/** Also with a dimension of one before it (StyleGAN2's modulated convolutions). */
const conv: Rule = (shape, attributes) => {
  const inputs = numberAt(attributes, 'in_channels', 'in_channel');
  const outputs = numberAt(attributes, 'out_channels', 'out_channel');
  if (inputs === undefined || outputs === undefined) return undefined;
  if (shape.length === 2) return linearOf(shape, outputs, inputs, 'has in_channels and out_channels');
  if (!attributes.has('kernel_size') || shape.length < 3) return undefined;
  const groups = numberAt(attributes, 'groups') ?? 1;
  const fits = (axis: number, first: number, second: number) =>
    shape[axis] === first && at(shape, axis + 1) * groups === second;
  if (attributes.get('transposed') === true) {
    return fits(0, inputs, outputs)
      ? { kind: 'conv', axes: axesAt(1, 0), because: 'has transposed = True' }
      : undefined;
  }
  const because = 'has kernel_size';
  if (fits(0, outputs, inputs)) return { kind: 'conv', axes: axesAt(0, 1), because };
  if (shape.length > 3 && shape[0] === 1 && fits(1, outputs, inputs))
    return { kind: 'conv', axes: axesAt(1, 2), because };
  return undefined;
};

const linear: Rule = (shape, attributes) => {
  const inputs = numberAt(attributes, 'in_features');
  const outputs = numberAt(attributes, 'out_features');
  return inputs === undefined || outputs === undefined
    ? undefined
    : linearOf(shape, outputs, inputs, 'has in_features and out_features');
};

/** (out, in), or (in, out) where only that fits; experts of that behind one dimension more. */
function linearOf(
  shape: readonly number[],
  outputs: number,
  inputs: number,
  because: string,
): AttributeEvidence | undefined {
  const first = shape.length - 2;
  if (first < 0 || first > 1) return undefined;
  const copies = first === 1 ? 0 : undefined;
  if (shape[first] === outputs && shape[first + 1] === inputs) {
    // Experts keep either order: where both fit, nothing tells.
    if (first === 1 && outputs === inputs) return { kind: 'linear', because };
    return { kind: 'linear', axes: axesAt(first, first + 1, copies), because };
  }
  if (shape[first] === inputs && shape[first + 1] === outputs) {
    return { kind: 'linear', axes: axesAt(first + 1, first, copies), because };
  }
  return undefined;
}

const norm: Rule = (shape, attributes) => {
  const normalized = attributes.get('normalized_shape');
  if (normalized !== undefined && normalized !== null) {
    const sizes = Array.isArray(normalized) ? normalized : [normalized];
    const agrees = sizes.length === shape.length && sizes.every((size, axis) => size === shape[axis]);
    return agrees ? { kind: 'norm', because: 'has normalized_shape' } : undefined;
  }
  if (shape.length !== 1) return undefined;
  if (attributes.has('running_mean')) return { kind: 'norm', because: 'has running_mean' };
  if (numberAt(attributes, 'eps', 'epsilon', 'variance_epsilon') === undefined) return undefined;
  const features = numberAt(attributes, 'num_features', 'num_channels');
  return features === undefined || features === shape[0] ? { kind: 'norm', because: 'has eps' } : undefined;
};

const rules: readonly Rule[] = [embedding, conv, norm, linear];

/** @param attributes of the module, its registered buffers among them */
export function evidenceOfAttributes(shape: readonly number[], attributes: Attributes): AttributeEvidence | undefined {
  for (const rule of rules) {
    const evidence = rule(shape, attributes);
    if (evidence) return evidence;
  }
  return undefined;
}

/** Whether a module is recurrent: its weights have names of their own, `weight_ih_l0`, and a gate is as wide as its state. */
export function isRecurrent([rows = 0]: readonly number[], attributes: Attributes): boolean {
  const hidden = numberAt(attributes, 'hidden_size');
  return hidden !== undefined && numberAt(attributes, 'input_size') !== undefined && rows % hidden === 0;
}
