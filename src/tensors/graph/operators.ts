/** What ONNX operators do with their weights: the layer kind, and what their axes count (onnx Operators.md, ONNX Runtime's ContribOperators.md). */
import { type Axes, axesAt } from '../axes';
import { einsumAxes } from './einsum';
import { expertAxes, routesTokens } from './experts';
import { type GraphNode, intOf, standardDomain } from './graph';
import { besides, type InputUse, type Operand } from './operand';
import { isInput, leftMatrix, rightMatrix } from './products';

/** Axes of an input that always has as many of them. */
const at =
  (rank: number, axes: Axes | undefined) =>
  ({ sizes }: Operand) =>
    sizes?.length === rank ? axes : undefined;

/** (outputs, inputs / groups, kernel…) */
const conv: InputUse = { kind: 'conv', axes: kernel(() => axesAt(0, 1)) };
/** (inputs, outputs / groups, kernel…) */
const convTranspose: InputUse = { kind: 'conv', axes: kernel(() => axesAt(1, 0)) };
/** (outputs, kernel…, inputs / groups) */
const channelsLast: InputUse = { kind: 'conv', axes: kernel((rank) => axesAt(0, rank - 1)) };
/** In blocks of channels, whose order only ONNX Runtime knows. */
const blocked: InputUse = { kind: 'conv' };
const left: InputUse = { kind: 'linear', axes: leftMatrix({ transpose: 'transA', batch: 'transBatchA' }) };
const right: InputUse = { kind: 'linear', axes: rightMatrix({ transpose: 'transB', batch: 'transBatchB' }) };
/** (inputs, outputs) */
const projection: InputUse = { kind: 'linear', axes: at(2, axesAt(1, 0)) };
/** (outputs, blocks of inputs, bytes of a block) */
const packed: InputUse = { kind: 'linear', axes: at(3, { outputs: [0], inputs: [1, 2] }), quantised: true };
const experts: InputUse = { kind: 'linear', axes: expertAxes };
/** (directions, gates * hidden, inputs), gates in the order iofc or zrh. */
const recurrent: InputUse = { kind: 'recurrent', axes: at(3, axesAt(1, 2, 0)) };
/** (directions, inputs, gates * hidden) */
const recurrentTurned: InputUse = { kind: 'recurrent', axes: at(3, axesAt(2, 1, 0)), quantised: true };
const embedding: InputUse = { kind: 'embedding', axes: at(2, axesAt(0, 1)) };
const table: InputUse = { kind: 'embedding', because: 'used by Gather as a table' };
const blocksOfRows: InputUse = { ...embedding, because: 'used by GatherBlockQuantized as a table', quantised: true };
const bias: InputUse = { kind: 'bias' };
const norm: InputUse = { kind: 'norm' };
const buffer: InputUse = { kind: 'buffer' };
const prelu: InputUse = { kind: 'prelu' };
const parameter: InputUse = { kind: 'parameter' };
const quantised = (use: InputUse): InputUse => ({ ...use, quantised: true });

function kernel(axes: (rank: number) => Axes): (operand: Operand) => Axes | undefined {
  return ({ sizes }) => (sizes && sizes.length > 1 ? axes(sizes.length) : undefined);
}

const convInputs = { 1: conv, 2: bias };
const product = { 0: left, 1: right };
/** Weight, recurrent weight, bias, initial states, peepholes. */
const recurrentInputs = { 1: recurrent, 2: recurrent, 3: bias, 5: parameter, 6: parameter, 7: parameter };
const normInputs = { 1: norm, 2: bias };
const merged = { 1: projection, 2: bias };
const biased = { 1: bias };
const rotary = { 2: buffer, 3: buffer };

/** ONNX Runtime's own operators, and what its optimiser makes of standard ones. */
const runtimeDomains = /^com\.(microsoft|ms\.internal)(\.|$)/;

/** By operator and input. Operators of com.microsoft (ONNX Runtime's fused ones) stand beside the standard ones whose names they do not share. */
const usesByOperator: Readonly<Record<string, Readonly<Record<number, InputUse>>>> = {
  Conv: convInputs,
  FusedConv: convInputs,
  NhwcFusedConv: convInputs,
  NhwcConv: { 1: channelsLast, 2: bias },
  'com.microsoft.nchwc.Conv': { 1: blocked, 2: bias },
  CausalConvWithState: convInputs,
  ConvTranspose: { 1: convTranspose, 2: bias },
  ConvTransposeWithDynamicPads: { 1: convTranspose, 3: bias },
  DeformConv: { 1: conv, 3: bias },
  Gemm: { ...product, 2: bias },
  FusedGemm: { ...product, 2: bias },
  GemmFastGelu: { 1: right, 2: bias },
  MatMul: product,
  FusedMatMul: product,
  FusedMatMulActivation: product,
  TransposeMatMul: product,
  SparseToDenseMatMul: product,
  'com.microsoft.Attention': merged,
  PackedAttention: merged,
  DecoderMaskedSelfAttention: merged,
  LongformerAttention: { ...merged, 4: projection, 5: bias },
  DecoderAttention: { 2: projection, 3: projection, 4: bias },
  MultiHeadAttention: { 3: bias },
  PackedMultiHeadAttention: { 3: bias },
  DecoderMaskedMultiHeadAttention: { 10: bias },
  GroupQueryAttention: { 7: buffer, 8: buffer },
  GatedRelativePositionBias: { 1: bias, 3: projection, 4: bias },
  'com.microsoft.RotaryEmbedding': rotary,
  MRotaryEmbedding: rotary,
  RotaryEmbedding: { 1: buffer, 2: buffer },
  MoE: { 2: experts, 3: bias, 4: experts, 5: bias, 6: experts, 7: bias },
  BiasGelu: biased,
  FastGelu: biased,
  BiasAdd: biased,
  BiasSplitGelu: biased,
  LSTM: recurrentInputs,
  GRU: recurrentInputs,
  RNN: recurrentInputs,
  AttnLSTM: recurrentInputs,
  TorchEmbedding: { 0: embedding },
  GatherBlockQuantized: { 0: blocksOfRows, 2: buffer, 3: buffer },
  EmbedLayerNormalization: { 2: embedding, 3: embedding, 4: embedding, 5: norm, 6: bias },
  BatchNormalization: { ...normInputs, 3: buffer, 4: buffer },
  LayerNormalization: normInputs,
  InstanceNormalization: normInputs,
  GroupNormalization: normInputs,
  GroupNorm: normInputs,
  SkipGroupNorm: { ...normInputs, 4: bias },
  RMSNormalization: { 1: norm },
  GatedRMSNorm: { 1: norm },
  SimplifiedLayerNormalization: { 1: norm },
  SkipLayerNormalization: { 2: norm, 3: bias, 4: bias },
  SkipSimplifiedLayerNormalization: { 2: norm, 3: bias },
  PRelu: { 1: prelu },
  ConvInteger: { 1: quantised(conv) },
  MatMulInteger: { 0: quantised(left), 1: quantised(right) },
  MatMulIntegerToFloat: { 1: quantised(right), 2: buffer, 3: buffer, 6: bias },
  MatMulNBits: { 1: packed, 2: buffer, 3: buffer, 5: bias },
  MatMulBnb4: { 1: quantised({ kind: 'linear' }), 2: buffer },
  MatMulFpQ4: { 1: quantised({ kind: 'linear' }) },
  QAttention: { 1: quantised(projection), 2: bias, 3: buffer, 4: buffer, 6: buffer, 7: buffer },
  QMoE: {
    ...{ 2: quantised({ kind: 'linear' }), 3: buffer, 4: bias, 5: quantised({ kind: 'linear' }), 6: buffer, 7: bias },
    ...{ 8: quantised({ kind: 'linear' }), 9: buffer, 10: bias, 11: buffer, 12: buffer, 13: buffer },
  },
  QEmbedLayerNormalization: {
    ...{ 2: quantised(embedding), 3: quantised(embedding), 4: quantised(embedding), 5: quantised(norm) },
    6: quantised(bias),
  },
  DynamicQuantizeMatMul: { 1: quantised(right), 2: buffer, 4: bias },
  DynamicQuantizeLSTM: { 1: recurrentTurned, 2: recurrentTurned, 3: bias },
  QLinearConv: { 1: buffer, 3: quantised(conv), 4: buffer, 6: buffer, 8: quantised(bias) },
  QLinearMatMul: { 1: buffer, 3: quantised(right), 4: buffer, 6: buffer },
  QGemm: { 1: buffer, 3: quantised(right), 4: buffer, 6: quantised(bias), 7: buffer },
  DequantizeLinear: { 1: buffer },
  QuantizeLinear: { 1: buffer },
};
const inputUses: ReadonlyMap<string, Readonly<Record<number, InputUse>>> = new Map(Object.entries(usesByOperator));

/** Operators whose result an addition completes by a bias. */
const biasedByAdd: ReadonlySet<string> = new Set([
  'Conv',
  'ConvTranspose',
  'FusedConv',
  'MatMul',
  'FusedMatMul',
  'Gemm',
  'Einsum',
]);

/** Operators of the standard and of ONNX Runtime, whose inputs are known. */
export function isKnownDomain(domain: string): boolean {
  return standardDomain(domain) || runtimeDomains.test(domain);
}

/** What the input is for, or undefined where it is no weight. */
export function inputUse(operand: Operand): InputUse | undefined {
  const { node, input } = operand;
  const { opType, domain } = node;
  if (!isKnownDomain(domain)) return undefined;
  switch (opType) {
    case 'Gather':
      return tableOf(operand);
    case 'Add':
      return addedBias(operand);
    case 'Einsum':
      return einsumUse(operand);
  }
  const use = (inputUses.get(`${domain}.${opType}`) ?? inputUses.get(opType))?.[input];
  if (use?.kind !== 'linear' || (opType !== 'MatMul' && opType !== 'Gemm')) return use;
  if (isOuterProduct(operand, use) || (input === 0 && isInput(operand))) return undefined;
  return routesTokens(node, operand.scope)
    ? { ...use, kind: 'router', because: 'its result sends tokens to experts' }
    : use;
}

/** A table from which rows are taken; a constant index only selects. */
function tableOf({ node, input, scope, sizes }: Operand): InputUse | undefined {
  if (input !== 0 || (sizes && sizes.length < 2) || besides({ node, scope }, 1)?.constant) return undefined;
  return { ...table, axes: at(2, tableAxes(node)) };
}

function tableAxes(node: GraphNode): Axes | undefined {
  const axis = intOf(node, 'axis', 0);
  if (axis === undefined) return undefined;
  return axis === 0 || axis === -2 ? axesAt(0, 1) : axesAt(1, 0);
}

function addedBias({ node, input, scope }: Operand): InputUse | undefined {
  const producer = besides({ node, scope }, 1 - input)?.producer?.opType;
  if (producer === undefined || !biasedByAdd.has(producer)) return undefined;
  return { kind: 'bias', because: `added to the result of ${producer}` };
}

/** Longest equation that a row shows. */
const maxEquation = 60;

function einsumUse({ node, input, sizes }: Operand): InputUse | undefined {
  const equation = node.attributes.get('equation')?.text?.replaceAll(/\s/g, '');
  if (!sizes || equation === undefined) return { kind: 'linear' };
  const axes = einsumAxes(equation, input, sizes.length);
  if (!axes || isSingle(sizes, axes.inputs)) return undefined;
  return { kind: 'linear', axes: () => axes, because: `used by Einsum ${equation.slice(0, maxEquation)}` };
}

/**
 * Vectors multiplied by each other, as frequencies by positions are: nothing is summed over. A linear layer of one input is
 * a matrix on the right.
 */
function isOuterProduct(operand: Operand, { axes }: InputUse): boolean {
  const { sizes, input } = operand;
  const inputs = axes?.(operand)?.inputs;
  if (!sizes || !inputs || (sizes.length === 2 && input === 1)) return false;
  return isSingle(sizes, inputs);
}

function isSingle(sizes: readonly (number | undefined)[], axes: readonly number[]): boolean {
  return axes.every((axis) => sizes[axis] === 1);
}
