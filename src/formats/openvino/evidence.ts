/** What the operators of OpenVINO say of the constants that reach them (docs.openvino.ai: operation sets). */
import { type Axes, axesAt } from '../../tensors/axes';
import type { Declared } from '../../tensors/evidence';
import type { LayerKind } from '../../tensors/tensor';
import type { Layer } from './model';

type Followers = ReadonlyMap<string, readonly { readonly layer: Layer; readonly port: number }[]>;

/** What a constant is only passed on by: to another type, another number of bits, another shape. */
const passing = /^(Convert|ConvertLike|FakeQuantize|FakeConvert|Reshape|Squeeze|Unsqueeze|Subtract|Multiply)$/;
const reshaping = /^(Reshape|Squeeze|Unsqueeze)$/;
const mostSteps = 8;

interface Role {
  readonly kind: LayerKind;
  readonly axes?: Axes;
}

/** Inputs that are weights of recurrent operators, and their bias. */
const recurrent: ReadonlyMap<string, readonly [weights: readonly number[], bias: number]> = new Map([
  ['LSTMCell', [[3, 4], 5]],
  ['GRUCell', [[2, 3], 4]],
  ['RNNCell', [[2, 3], 4]],
  ['LSTMSequence', [[4, 5], 6]],
  ['GRUSequence', [[3, 4], 5]],
  ['RNNSequence', [[3, 4], 5]],
]);

/** @returns undefined where no operator is known to use it */
export function declaredOf(id: string, shape: readonly number[], followers: Followers): Declared | undefined {
  let [from, isReshaped] = [id, false];
  const isVector = shape.filter((size) => size !== 1).length < 2;
  for (let step = 0; step < mostSteps; step++) {
    const uses = followers.get(from) ?? [];
    const because = (type: string) => `used by ${type}${isReshaped ? ', in another shape' : ''}`;
    for (const { layer, port } of uses) {
      const role = roleIn(layer, port, shape);
      if (!role) continue;
      const { kind, axes } = role;
      return { kind, because: because(layer.type), ...(axes && !isReshaped && { axes }) };
    }
    if (isVector && uses.some(({ layer }) => layer.type === 'Add')) return { kind: 'bias', because: because('Add') };
    const next = uses.find(({ layer, port }) => port === 0 && passing.test(layer.type));
    if (!next) break;
    isReshaped ||= reshaping.test(next.layer.type);
    from = next.layer.id;
  }
  const first = followers.get(id)?.[0]?.layer.type;
  return first === 'Multiply' && isVector ? { kind: 'parameter', because: 'used by Multiply' } : undefined;
}

function roleIn({ type, settings }: Layer, port: number, shape: readonly number[]): Role | undefined {
  const rank = shape.length;
  const cells = recurrent.get(type);
  if (cells) {
    if (port === cells[1]) return { kind: 'bias' };
    if (!cells[0].includes(port)) return undefined;
    return { kind: 'recurrent', axes: rank === 3 ? axesAt(1, 2, 0) : axesAt(0, 1) };
  }
  switch (type) {
    case 'Convolution':
    case 'DeformableConvolution':
      return port === (type === 'Convolution' ? 1 : 2) ? { kind: 'conv', axes: axesAt(0, 1) } : undefined;
    case 'ConvolutionBackpropData':
      return port === 1 ? { kind: 'conv', axes: axesAt(1, 0) } : undefined;
    case 'GroupConvolution':
      return port === 1 ? { kind: 'conv', axes: { outputs: [0, 1], inputs: [2] } } : undefined;
    case 'GroupConvolutionBackpropData':
      return port === 1 ? { kind: 'conv', axes: { outputs: [0, 2], inputs: [1] } } : undefined;
    case 'MatMul':
      return rank < 2 ? undefined : { kind: 'linear', ...matrixAxes(settings, port, rank) };
    case 'Gather':
      return port === 0 && rank > 1 ? { kind: 'embedding', ...(rank === 2 && { axes: axesAt(0, 1) }) } : undefined;
    case 'BatchNormInference':
      return { kind: port === 1 ? 'norm' : port === 2 ? 'bias' : 'buffer' };
    case 'PRelu':
      return port === 1 ? { kind: 'prelu' } : undefined;
    default:
      return undefined;
  }
}

/** Of a second factor (inputs, outputs), of a first one (outputs, inputs): each may be turned. */
function matrixAxes(settings: ReadonlyMap<string, string>, port: number, rank: number): { axes?: Axes } {
  if (rank > 3) return {};
  const isTurned = /^(true|1)$/i.test(settings.get(port === 0 ? 'transpose_a' : 'transpose_b') ?? '');
  const [rows, columns] = [rank - 2, rank - 1];
  const isInputsFirst = (port === 0) === isTurned;
  const copies = rank === 3 ? 0 : undefined;
  return { axes: isInputsFirst ? axesAt(columns, rows, copies) : axesAt(rows, columns, copies) };
}
