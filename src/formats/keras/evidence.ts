/**
 * What Keras' classes say of their variables. Keras 3 numbers them (`layers/dense/vars/0`) and keeps the layer's name beside them;
 * Keras 2 names them (`dense/kernel:0`). Classes come from the configuration, or from the names that Keras makes of them.
 */
import { type Axes, axesAt } from '../../tensors/axes';
import type { Declared } from '../../tensors/evidence';
import type { LayerKind } from '../../tensors/tensor';

/** Of a layer's own variables, in the order in which it makes them. */
const variables = new Map<string, readonly string[]>([
  ['dense', ['kernel', 'bias']],
  ['einsum_dense', ['kernel', 'bias']],
  ['conv', ['kernel', 'bias']],
  ['conv_transpose', ['kernel', 'bias']],
  ['depthwise_conv', ['kernel', 'bias']],
  ['separable_conv', ['depthwise_kernel', 'pointwise_kernel', 'bias']],
  ['embedding', ['embeddings']],
  ['recurrent', ['kernel', 'recurrent_kernel', 'bias']],
  ['conv_recurrent', ['kernel', 'recurrent_kernel', 'bias']],
  ['batch_normalization', ['gamma', 'beta', 'moving_mean', 'moving_variance']],
  ['normalized', ['gamma', 'beta']],
  ['p_re_lu', ['alpha']],
  ['normalization', ['mean', 'variance', 'count']],
]);

/** Families of classes, by their names in snake case without what numbers them. */
const families: readonly (readonly [RegExp, string])[] = [
  [/^dense$/, 'dense'],
  [/^einsum_dense$/, 'einsum_dense'],
  [/^depthwise_conv[12]d$/, 'depthwise_conv'],
  [/^separable_conv[12]d$/, 'separable_conv'],
  [/^conv[123]d_transpose$/, 'conv_transpose'],
  [/^conv[123]d$/, 'conv'],
  [/^embedding$/, 'embedding'],
  [/^conv_lstm[123]d(_cell)?$/, 'conv_recurrent'],
  [/^(lstm|gru|simple_rnn)(_cell)?$/, 'recurrent'],
  [/^batch_normalization$/, 'batch_normalization'],
  [/^(layer|group|unit|rms)_normalization$/, 'normalized'],
  [/^p_re_lu$|^prelu$/, 'p_re_lu'],
  [/^normalization$/, 'normalization'],
];

/** Words for them, behind "of". */
const titles = new Map([
  ['dense', 'Dense'],
  ['einsum_dense', 'EinsumDense'],
  ['depthwise_conv', 'DepthwiseConv'],
  ['separable_conv', 'SeparableConv'],
  ['conv_transpose', 'ConvTranspose'],
  ['conv', 'Conv'],
  ['embedding', 'Embedding'],
  ['conv_recurrent', 'ConvLSTM'],
  ['recurrent', 'a recurrent cell'],
  ['batch_normalization', 'BatchNormalization'],
  ['normalized', 'a normalization'],
  ['p_re_lu', 'PReLU'],
  ['normalization', 'Normalization'],
]);

/** `Conv2DTranspose` as Keras writes it among its paths: `conv2d_transpose`. */
export function snakeCase(className: string): string {
  return className
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

/** @param names of classes in snake case, perhaps numbered (`dense_1`), the best one first */
export function familyOf(names: readonly string[]): string | undefined {
  for (const name of names) {
    const plain = name.replace(/_\d+$/, '');
    const found = families.find(([pattern]) => pattern.test(name) || pattern.test(plain));
    if (found) return found[1];
  }
  return undefined;
}

/** @param count of the layer's variables: normalisations may leave out the first ones */
export function variableName(family: string, index: number, count: number): string | undefined {
  const all = variables.get(family);
  if (family === 'batch_normalization') return all?.[all.length - count + index];
  return all?.[index];
}

interface Use {
  readonly kind: LayerKind;
  readonly axes?: Axes;
}

/** @param owner the layer's own name, which tells the projections of an attention apart */
export function declaredOf(
  family: string,
  variable: string,
  shape: readonly number[],
  owner = '',
): Declared | undefined {
  const use = meaningOf(family, variable, shape, owner);
  return use && { ...use, because: `${variable} of ${titles.get(family) ?? family}` };
}

function meaningOf(family: string, variable: string, shape: readonly number[], owner: string): Use | undefined {
  const last = shape.length - 1;
  if (/^(moving_(mean|variance)|mean|variance|count)$/.test(variable)) return { kind: 'buffer' };
  if (variable === 'gamma') return { kind: 'norm' };
  if (variable === 'bias' || variable === 'beta') return { kind: 'bias' };
  if (variable === 'alpha') return { kind: 'prelu' };
  if (variable === 'embeddings') return { kind: 'embedding', ...(last === 1 && { axes: axesAt(0, 1) }) };
  if (last < 1) return undefined;
  const ofInputs = { outputs: [last - 1, last], inputs: [] };
  switch (family) {
    case 'dense':
      return last === 1 ? { kind: 'linear', axes: axesAt(1, 0) } : undefined;
    case 'einsum_dense':
      return einsum(shape, owner);
    case 'conv':
      return { kind: 'conv', axes: axesAt(last, last - 1) };
    case 'conv_transpose':
      return { kind: 'conv', axes: axesAt(last - 1, last) };
    case 'depthwise_conv':
      return { kind: 'conv', axes: ofInputs };
    case 'separable_conv':
      return { kind: 'conv', axes: variable === 'depthwise_kernel' ? ofInputs : axesAt(last, last - 1) };
    case 'recurrent':
      return { kind: 'recurrent', axes: axesAt(1, 0) };
    case 'conv_recurrent':
      return { kind: 'conv', axes: axesAt(last, last - 1) };
    default:
      return undefined;
  }
}

/** Into the heads (inputs, heads, width), out of them (heads, width, outputs); a matrix is (inputs, outputs). */
function einsum(shape: readonly number[], owner: string): Use {
  if (shape.length === 2) return { kind: 'linear', axes: axesAt(1, 0) };
  if (shape.length !== 3) return { kind: 'linear' };
  if (/query|key|value/.test(owner)) return { kind: 'linear', axes: { outputs: [1, 2], inputs: [0] } };
  if (/output/.test(owner)) return { kind: 'linear', axes: { outputs: [2], inputs: [0, 1] } };
  return { kind: 'linear' };
}
