/** What PyTorch's operators (aten/src/ATen/native/native_functions.yaml) do with their arguments, as far as weights go. */
import type { Flow, Step, UsedAs } from './flow';

/** A value in code, as far as it is followed. */
export type Value =
  | { readonly kind: 'node'; readonly node: number }
  | { readonly kind: 'module'; readonly cls: string }
  | { readonly kind: 'global'; readonly name: string }
  | { readonly kind: 'method'; readonly name: string; readonly self: Value }
  | { readonly kind: 'list'; readonly values: readonly (Value | undefined)[] }
  | { readonly kind: 'literal'; readonly text: string };

export type Values = readonly (Value | undefined)[];

/** Which argument is taken as what. */
type Uses = readonly (readonly [argument: number, as: UsedAs])[];

const conv: Uses = [
  [1, 'conv'],
  [2, 'bias'],
];
const transposed: Uses = [
  [1, 'transposed'],
  [2, 'bias'],
];
const cell: Uses = [
  [2, 'recurrent'],
  [3, 'recurrent'],
  [4, 'bias'],
  [5, 'bias'],
];
const statistics: Uses = [
  [1, 'norm'],
  [2, 'bias'],
  [3, 'statistics'],
  [4, 'statistics'],
];
const norm: Uses = [
  [2, 'norm'],
  [3, 'bias'],
];
const sum: Uses = [
  [0, 'bias'],
  [2, 'factor'],
];

const factors: Uses = [
  [0, 'left'],
  [1, 'factor'],
];

const usesByName = new Map<string, Uses>([
  ...['conv1d', 'conv2d', 'conv3d', '_convolution_mode', 'mkldnn_convolution', 'cudnn_convolution'].map(
    (name): [string, Uses] => [name, conv],
  ),
  ...['conv_transpose1d', 'conv_transpose2d', 'conv_transpose3d'].map((name): [string, Uses] => [name, transposed]),
  [
    'conv_tbc',
    [
      [1, 'convTimeLast'],
      [2, 'bias'],
    ],
  ],
  [
    'linear',
    [
      [1, 'linear'],
      [2, 'bias'],
    ],
  ],
  ['matmul', factors],
  ['mm', factors],
  ['bmm', [[1, 'factor']]],
  ['_grouped_mm', [[1, 'factor']]],
  ['addmm', sum],
  ['baddbmm', sum],
  [
    'bilinear',
    [
      [2, 'bilinear'],
      [3, 'bias'],
    ],
  ],
  ['embedding', [[0, 'embedding']]],
  ['embedding_bag', [[0, 'embedding']]],
  ['batch_norm', statistics],
  ['native_batch_norm', statistics],
  ['instance_norm', statistics],
  ['layer_norm', norm],
  ['native_layer_norm', norm],
  ['group_norm', norm],
  ['rms_norm', [[2, 'norm']]],
  ['prelu', [[1, 'prelu']]],
  ['lstm_cell', cell],
  ['gru_cell', cell],
  ['rnn_tanh_cell', cell],
  ['rnn_relu_cell', cell],
  [
    '_native_multi_head_attention',
    [
      [5, 'linear'],
      [6, 'bias'],
      [7, 'linear'],
      [8, 'bias'],
    ],
  ],
  [
    '_transformer_encoder_layer_fwd',
    [
      ...([
        [3, 'linear'],
        [4, 'bias'],
        [5, 'linear'],
        [6, 'bias'],
        [10, 'norm'],
        [11, 'bias'],
      ] as const),
      ...([
        [12, 'norm'],
        [13, 'bias'],
        [14, 'linear'],
        [15, 'bias'],
        [16, 'linear'],
        [17, 'bias'],
      ] as const),
    ],
  ],
]);

/** Operators whose result is their first argument in another form. */
const same: Step = { kind: 'same' };
const scaled: Step = { kind: 'scaled' };
const steps = new Map<string, (args: Values) => Step | undefined>([
  ...[
    'to',
    'contiguous',
    'detach',
    'clone',
    'alias',
    'type_as',
    'float',
    'half',
    'cpu',
    'cuda',
    'requires_grad_',
    '_weight_norm',
  ].map((name): [string, () => Step] => [name, () => same]),
  ...['mul', 'div'].map((name): [string, () => Step] => [name, () => scaled]),
  ['t', () => ({ kind: 'swap', a: 0, b: 1 })],
  ['mT', () => ({ kind: 'swap', a: -2, b: -1 })],
  ['numpy_T', () => ({ kind: 'reverse' })],
  ['transpose', ([, a, b]) => swapOf(integerIn(a), integerIn(b))],
  ['swapaxes', ([, a, b]) => swapOf(integerIn(a), integerIn(b))],
  ['permute', ([, order]) => permutationOf(order)],
]);

function swapOf(a: number | undefined, b: number | undefined): Step | undefined {
  return a === undefined || b === undefined ? undefined : { kind: 'swap', a, b };
}

function permutationOf(order: Value | undefined): Step | undefined {
  if (order?.kind !== 'list' || order.values.length > 64) return undefined;
  const dimensions = order.values.map(integerIn);
  return dimensions.every((each) => each !== undefined) ? { kind: 'permute', order: dimensions } : undefined;
}

function integerIn(value: Value | undefined): number | undefined {
  return value?.kind === 'literal' && /^-?\d{1,3}$/.test(value.text) ? Number(value.text) : undefined;
}

/**
 * Notes what an operator takes its arguments as.
 * @param name without `torch.`
 * @returns its result, where that is an argument in another form
 */
export function applyOperator(name: string, args: Values, flow: Flow): Value | undefined {
  const operator = `torch.${name}`;
  const use = (value: Value | undefined, as: UsedAs) => {
    if (value?.kind === 'node') flow.use(value.node, { operator, as });
  };
  for (const [argument, as] of usesOf(name, args)) use(args[argument], as);
  if (/^(lstm|gru|rnn_tanh|rnn_relu)$/.test(name)) {
    // (input, state, weights, …), or (data, batch sizes, state, weights, …) where rows are of different lengths.
    const weights = args[3]?.kind === 'list' ? args[3] : args[2];
    if (weights?.kind === 'list') for (const each of weights.values) use(each, 'recurrent');
  }
  if (name === 'einsum') einsum(args, use);
  const step = steps.get(name)?.(args);
  const [first] = args;
  return step && first?.kind === 'node' ? { kind: 'node', node: flow.derived(first.node, step) } : undefined;
}

function usesOf(name: string, args: Values): Uses {
  if (name !== '_convolution' && name !== 'convolution') return usesByName.get(name) ?? [];
  // (input, weight, bias, stride, padding, dilation, transposed, …)
  const flag = args[6]?.kind === 'literal' ? args[6].text : undefined;
  return flag === 'True' ? transposed : flag === 'False' ? conv : [];
}

/** `torch.einsum("bld,dhk->blhk", [x, w])`: what is summed over are inputs, what only the weight has are outputs. */
function einsum([equation, operands]: Values, use: (value: Value | undefined, as: UsedAs) => void): void {
  if (equation?.kind !== 'literal' || operands?.kind !== 'list' || operands.values.length !== 2) return;
  const [, data, weight, result] =
    /^([a-zA-Z.]{1,60}),([a-zA-Z]{2,60})->([a-zA-Z.]{0,60})$/.exec(equation.text.replace(/ /g, '')) ?? [];
  if (data === undefined || weight === undefined || result === undefined) return;
  const axesWhere = (inData: boolean, inResult: boolean) =>
    [...weight].flatMap((letter, axis) =>
      data.includes(letter) === inData && result.includes(letter) === inResult ? [axis] : [],
    );
  const inputs = axesWhere(true, false);
  const outputs = axesWhere(false, true);
  if (inputs.length === 0 || outputs.length === 0 || new Set(weight).size !== weight.length) return;
  use(operands.values[1], { inputs, outputs, copies: axesWhere(true, true) });
}
