/** What ONNX operators do with their weights: the layer kind, and the axis that counts outputs (onnx Operators.md). */
import type { LayerKind } from '../../tensors/tensor';
import { intOf, type NodeRecord, standardDomain } from './graphProto';

/** What an input of an operator is for. */
export interface InputUse {
  readonly kind: LayerKind;
  /** The output axis of the input as the operator sees it; `rank` of that input. */
  readonly outputAxis?: (node: NodeRecord, rank: number) => number | undefined;
  /** The input holds quantised values: its zero is a zero point. */
  readonly quantised?: true;
}

const axis = (index: number) => () => index;
const conv: InputUse = { kind: 'conv', outputAxis: axis(0) };
const convTranspose: InputUse = { kind: 'conv', outputAxis: axis(1) };
/** An operand of a product: the last axis but one, or the last, of which `transposeFlag` swaps. */
const operand = (transposeFlag: string, outputFirst: boolean): InputUse => ({
  kind: 'linear',
  outputAxis(node, rank) {
    const transposed = intOf(node, transposeFlag, 0);
    if (transposed === undefined || rank < 2) return undefined;
    return outputFirst === (transposed === 0) ? rank - 2 : rank - 1;
  },
});
/** (M, K), or (K, M) with transA. */
const left = operand('transA', true);
/** (K, N), or (N, K) with transB. */
const right = operand('transB', false);
const linearLast: InputUse = { kind: 'linear', outputAxis: (_, rank) => rank - 1 };
/** (directions, gates * hidden, inputs), gates in the order iofc or zrh. */
const recurrent: InputUse = { kind: 'recurrent', outputAxis: axis(1) };
const embedding: InputUse = { kind: 'embedding', outputAxis: axis(0) };
const bias: InputUse = { kind: 'bias' };
const norm: InputUse = { kind: 'norm' };
const buffer: InputUse = { kind: 'buffer' };
const prelu: InputUse = { kind: 'prelu' };
const quantised = (use: InputUse): InputUse => ({ ...use, quantised: true });

const convInputs = { 1: conv, 2: bias };
const recurrentInputs = { 1: recurrent, 2: recurrent, 3: bias };
const normInputs = { 1: norm, 2: bias };
const biased = { 1: bias };

/** ONNX Runtime's own operators, and what its optimiser makes of standard ones. */
const runtimeDomains = /^com\.(microsoft|ms\.internal)(\.|$)/;

/** By operator and input. Operators of com.microsoft (ONNX Runtime's fused ones) stand beside the standard ones whose names they do not share. */
const table: Readonly<Record<string, Readonly<Record<number, InputUse>>>> = {
  Conv: convInputs,
  FusedConv: convInputs,
  NhwcConv: convInputs,
  ConvTranspose: { 1: convTranspose, 2: bias },
  DeformConv: { 1: conv, 3: bias },
  Gemm: { 0: left, 1: right, 2: bias },
  FusedGemm: { 0: left, 1: right, 2: bias },
  MatMul: { 0: left, 1: right },
  FusedMatMul: { 0: left, 1: right },
  Einsum: { 0: { kind: 'linear' }, 1: { kind: 'linear' } },
  'com.microsoft.Attention': { 1: linearLast, 2: bias },
  MultiHeadAttention: { 3: bias },
  BiasGelu: biased,
  FastGelu: biased,
  BiasAdd: biased,
  LSTM: recurrentInputs,
  GRU: recurrentInputs,
  RNN: recurrentInputs,
  EmbedLayerNormalization: { 2: embedding, 3: embedding, 4: embedding, 5: norm, 6: bias },
  BatchNormalization: { ...normInputs, 3: buffer, 4: buffer },
  LayerNormalization: normInputs,
  InstanceNormalization: normInputs,
  GroupNormalization: normInputs,
  GroupNorm: normInputs,
  RMSNormalization: { 1: norm },
  SimplifiedLayerNormalization: { 1: norm },
  SkipLayerNormalization: { 2: norm, 3: bias, 4: bias },
  SkipSimplifiedLayerNormalization: { 2: norm, 3: bias },
  PRelu: { 1: prelu },
  ConvInteger: { 1: quantised(conv) },
  MatMulInteger: { 0: quantised(left), 1: quantised(right) },
  MatMulNBits: { 1: quantised({ kind: 'linear', outputAxis: axis(0) }), 2: buffer },
  DynamicQuantizeMatMul: { 1: quantised(right), 2: buffer },
  DynamicQuantizeLSTM: { 1: quantised(recurrent), 2: quantised(recurrent), 3: bias },
  QLinearConv: { 1: buffer, 3: quantised(conv), 4: buffer, 6: buffer, 8: quantised(bias) },
  QLinearMatMul: { 1: buffer, 3: quantised(right), 4: buffer, 6: buffer },
  QGemm: { 1: buffer, 3: quantised(right), 4: buffer, 6: quantised(bias), 7: buffer },
  DequantizeLinear: { 1: buffer },
  QuantizeLinear: { 1: buffer },
};
const inputUses: ReadonlyMap<string, Readonly<Record<number, InputUse>>> = new Map(Object.entries(table));

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

/**
 * What the input is for, or undefined where it is no weight.
 * @param rank of the input, where known
 * @param otherProducer operator that computes the other of a binary operator's inputs
 */
export function inputUse(
  node: NodeRecord,
  input: number,
  rank: number | undefined,
  otherProducer: string | undefined,
): InputUse | undefined {
  const { opType, domain } = node;
  if (!standardDomain(domain) && !runtimeDomains.test(domain)) return undefined;
  if (opType === 'Gather') {
    const isTable = input === 0 && (rank === undefined || rank >= 2) && intOf(node, 'axis', 0) === 0;
    return isTable ? embedding : undefined;
  }
  if (opType === 'Add') return otherProducer !== undefined && biasedByAdd.has(otherProducer) ? bias : undefined;
  return (inputUses.get(`${domain}.${opType}`) ?? inputUses.get(opType))?.[input];
}
