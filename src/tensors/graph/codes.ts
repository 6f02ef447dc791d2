/** Which operators read a tensor as codes, and where the graph has the scales and zero points that belong to them. */
import type { TensorId } from '../tensor';
import { type GraphNode, intOf, standardDomain } from './graph';
import { lookUp, type Scope, tensorsIn, type Value } from './scopes';

/** How an operator reads codes. */
export interface CodesUse {
  readonly node: GraphNode;
  /** Undefined where the operator is given none. */
  readonly scale: Value | undefined;
  readonly zero: Value | undefined;
  /** The axis that several scales count, of the tensor as the operator sees it; undefined where scales have the shape of blocks, or of what is not known. */
  readonly axis: number | undefined;
  /** Elements along the axis with one scale; 0: one for each. */
  readonly block: number;
  /** Bits of a code, where several stand in what the file calls a byte; their zero points, if any, do, too. */
  readonly packed?: number;
  /** The codes were rearranged, or selected from, before they come to it. */
  readonly moved: boolean;
}

export interface CodesUses {
  readonly uses: readonly CodesUse[];
  /** It is also read in other ways. */
  readonly otherwise: boolean;
}

interface Place {
  readonly scale?: number;
  readonly zero: number;
  /** Absent: scales are one for the tensor. `attribute`: as DequantizeLinear has it. */
  readonly axis?: number | 'attribute' | 'transB' | 'columns';
}

/** By operator and input (onnx Operators.md, ONNX Runtime's ContribOperators.md). */
const places: Readonly<Record<string, Readonly<Record<number, Place>>>> = {
  DequantizeLinear: { 0: { scale: 1, zero: 2, axis: 'attribute' } },
  QLinearConv: { 3: { scale: 4, zero: 5, axis: 0 } },
  QLinearMatMul: { 3: { scale: 4, zero: 5, axis: 'columns' } },
  ConvInteger: { 1: { zero: 3, axis: 0 } },
  MatMulInteger: { 1: { zero: 3, axis: 'columns' } },
  MatMulIntegerToFloat: { 1: { scale: 3, zero: 5, axis: 'columns' } },
  DynamicQuantizeMatMul: { 1: { scale: 2, zero: 3, axis: 'columns' } },
  QGemm: { 3: { scale: 4, zero: 5, axis: 'transB' } },
  QAttention: { 1: { scale: 4, zero: 7, axis: 'columns' } },
  QEmbedLayerNormalization: { 2: { scale: 8, zero: 13 }, 3: { scale: 9, zero: 14 }, 4: { scale: 10, zero: 15 } },
  MatMulNBits: { 1: { scale: 2, zero: 3 } },
};
const placesOf: ReadonlyMap<string, Readonly<Record<number, Place>>> = new Map(Object.entries(places));

/** What hands codes on as they are. Per channel only those that move nothing do. */
const still: ReadonlySet<string> = new Set(['Identity']);
const moving: ReadonlySet<string> = new Set([
  ...['Transpose', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Gather', 'Slice', 'Split', 'Expand', 'Tile'],
]);

/** Steps taken per tensor: see `usesOf`. */
const maxSteps = 64;

/** Of every tensor that an operator reads as codes. */
export function codesUsesOf(scopes: readonly Scope[]): Map<TensorId, CodesUses> {
  const found = new Map<TensorId, CodesUses>();
  for (const scope of scopes) {
    for (const { tensor, name } of tensorsIn(scope)) {
      const uses = codesUses(lookUp(scope, name));
      if (uses.uses.length > 0) found.set(tensor, uses);
    }
  }
  return found;
}

function codesUses(value: Value): CodesUses {
  const queue: { readonly value: Value; readonly moved: boolean }[] = [{ value, moved: false }];
  const seen = new Set([value]);
  const uses: CodesUse[] = [];
  let otherwise = false;
  let steps = 0;
  const follow = (next: Value, moved: boolean) => {
    if (seen.has(next)) return;
    seen.add(next);
    queue.push({ value: next, moved });
  };
  for (const step of queue) {
    for (const { node, input, scope } of step.value.uses) {
      if (++steps > maxSteps) return { uses, otherwise: true };
      const bodies = scope.bodies.get(node);
      if (bodies) {
        for (const { graph, values } of bodies) {
          const inside = values.get(graph.inputs[input]?.name ?? '');
          if (inside) follow(inside, step.moved);
        }
        continue;
      }
      const place = placeOf(node, input);
      if (place) uses.push(readingAt(node, scope, place, step.moved));
      else if (input === 0 && standardDomain(node.domain) && (still.has(node.opType) || moving.has(node.opType))) {
        for (const name of node.outputs) {
          if (name !== '') follow(lookUp(scope, name), step.moved || !still.has(node.opType));
        }
      } else if (node.opType !== 'Shape' && node.opType !== 'Size') otherwise = true;
    }
  }
  return { uses, otherwise };
}

function placeOf({ opType }: GraphNode, input: number): Place | undefined {
  return placesOf.get(opType)?.[input];
}

function readingAt(node: GraphNode, scope: Scope, { scale, zero, axis }: Place, moved: boolean): CodesUse {
  const valueAt = (input: number | undefined) => {
    const name = input === undefined ? undefined : node.inputs[input];
    return name ? renamed(scope, name) : undefined;
  };
  const isPacked = node.opType === 'MatMulNBits';
  const isColumns = axis === 'columns' || (axis === 'transB' && intOf(node, 'transB', 0) === 0);
  return {
    node,
    scale: scale === undefined ? scaleBehind(scope, node) : valueAt(scale),
    zero: valueAt(zero),
    axis:
      axis === 'attribute'
        ? intOf(node, 'axis', 1)
        : isColumns
          ? -1
          : axis === undefined
            ? undefined
            : Number(axis === 'transB' ? 0 : axis),
    block: isPacked || axis === 'attribute' ? (intOf(node, 'block_size', 0) ?? 0) : 0,
    ...(isPacked && { packed: intOf(node, 'bits', 4) ?? 4 }),
    moved,
  };
}

/** A value behind the nodes that only give it other names. */
function renamed(scope: Scope, name: string): Value {
  let value = lookUp(scope, name);
  for (let step = 0; step < maxSteps && value.producer?.opType === 'Identity'; step++) {
    value = lookUp(scope, value.producer.inputs[0] ?? '');
  }
  return value;
}

/**
 * Integer products have their scale behind them, as ONNX Runtime's dynamic quantisation writes it: what comes out is cast and
 * multiplied with the product of the activation's scale, which is computed, and that of the weight, which is a constant.
 */
function scaleBehind(scope: Scope, { outputs }: GraphNode): Value | undefined {
  const cast = onlyUse(lookUp(scope, outputs[0] ?? ''), 'Cast');
  const product = cast && onlyUse(lookUp(scope, cast.node.outputs[0] ?? ''), 'Mul');
  if (!product) return undefined;
  const factor = renamed(scope, product.node.inputs[1 - product.input] ?? '');
  if (factor.tensor !== undefined) return factor;
  if (factor.producer?.opType !== 'Mul') return undefined;
  const constants = factor.producer.inputs
    .map((name) => renamed(scope, name))
    .filter(({ tensor }) => tensor !== undefined);
  return constants.length === 1 ? constants[0] : undefined;
}

function onlyUse({ uses }: Value, opType: string) {
  const [use, ...others] = uses;
  return others.length === 0 && use?.node.opType === opType ? use : undefined;
}
