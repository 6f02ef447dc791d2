/** What graphs compute of shapes: operators over small tensors whose numbers are known (onnx Operators.md). */
import { at } from '../../lib/known';
import { numelOf } from '../../tensors/tensor';
import { axesAt, cutsOf, has, int, ints, intsAt, type NodeView, splitSizes } from './nodeView';
import {
  allOf,
  axisIn,
  broadcastShape,
  combined,
  expandedTo,
  joinedAlong,
  listOf,
  maxNumbers,
  type Numbers,
  onlyOf,
  pick,
  transposed,
} from './numbers';

type Operator = (view: NodeView, input: Numbers) => Numbers | readonly Numbers[] | undefined;

function one(of: (value: number) => number, whole?: boolean): Operator {
  return (_, input) => combined([input], of, whole ?? input.whole);
}

function each(of: (...values: number[]) => number, whole?: boolean): Operator {
  return (view) => {
    const operands = view.node.inputs.flatMap((_, input) => view.numbers(input) ?? []);
    return combined(operands, of, whole);
  };
}

function reduced(of: (values: readonly number[]) => number): Operator {
  return (view, input) => {
    const axes = axesAt(view, 1, input.shape.length);
    // Lists are reduced to one number; nothing else is met where shapes are computed.
    if (!axes || input.shape.length !== 1) return undefined;
    const shape = int(view, 'keepdims', 1) === 1 ? [1] : [];
    return { ...input, shape, values: [of(input.values)] };
  };
}

/** Integer types of TensorProto.DataType, BOOL too. */
const wholeTypes: ReadonlySet<number> = new Set([2, 3, 4, 5, 6, 7, 9, 12, 13]);

const operators: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['Identity', (_, input) => input],
  [
    'Cast',
    (view, input) => {
      const whole = wholeTypes.has(int(view, 'to', 1));
      return { ...input, values: whole ? input.values.map(Math.trunc) : input.values, whole };
    },
  ],
  ['Add', each((a = 0, b = 0) => a + b)],
  ['Sub', each((a = 0, b = 0) => a - b)],
  ['Mul', each((a = 0, b = 0) => a * b)],
  [
    'Div',
    (view, input) => each(input.whole ? (a = 0, b = 1) => Math.trunc(a / b) : (a = 0, b = 1) => a / b)(view, input),
  ],
  ['Mod', each((a = 0, b = 1) => a - b * Math.floor(a / b))],
  ['Pow', each((a = 0, b = 0) => a ** b)],
  ['Min', each((...values) => Math.min(...values))],
  ['Max', each((...values) => Math.max(...values))],
  ['Equal', each((a, b) => Number(a === b), true)],
  ['Less', each((a = 0, b = 0) => Number(a < b), true)],
  ['Greater', each((a = 0, b = 0) => Number(a > b), true)],
  ['And', each((a, b) => Number(a === 1 && b === 1), true)],
  ['Or', each((a, b) => Number(a === 1 || b === 1), true)],
  ['Not', one((value) => 1 - value)],
  ['Neg', one((value) => -value)],
  ['Abs', one(Math.abs)],
  ['Sqrt', one(Math.sqrt)],
  ['Floor', one(Math.floor)],
  ['Ceil', one(Math.ceil)],
  [
    'Where',
    (view) => each((yes = 0, a = 0, b = 0) => (yes === 0 ? b : a), view.numbers(1)?.whole ?? true)(view, listOf([])),
  ],
  ['ReduceProd', reduced((values) => values.reduce((product, value) => product * value, 1))],
  ['ReduceSum', reduced((values) => values.reduce((sum, value) => sum + value, 0))],
  ['ReduceMax', reduced((values) => Math.max(...values))],
  ['ReduceMin', reduced((values) => Math.min(...values))],
  [
    'Range',
    (view, first) => {
      const [start, limit, step] = [0, 1, 2].map((input) => onlyOf(view.numbers(input)));
      if (start === undefined || limit === undefined || !step) return undefined;
      const length = Math.max(0, Math.ceil((limit - start) / step));
      if (length > maxNumbers) return undefined;
      return { ...first, shape: [length], values: allOf(length).map((i) => start + i * step) };
    },
  ],
  ['Gather', gather],
  ['Slice', slice],
  ['Split', split],
  ['Concat', concat],
  [
    'Transpose',
    (view, input) => {
      const order = ints(view, 'perm') ?? allOf(input.shape.length).reverse();
      const isOrder = order.length === input.shape.length && allOf(order.length).every((axis) => order.includes(axis));
      return isOrder ? transposed(input, order) : undefined;
    },
  ],
  [
    'Reshape',
    (view, input) => reshaped(input, resolvedTarget(input.shape, intsAt(view, 1, 'shape'), allowsZero(view))),
  ],
  ['Squeeze', (view, input) => reshaped(input, squeezedShape(view, input.shape))],
  ['Unsqueeze', (view, input) => reshaped(input, unsqueezedShape(view, input.shape))],
  [
    'Expand',
    (view, input) => {
      const target = view.numbers(1)?.values;
      const shape = target && broadcastShape([input.shape, target]);
      return shape && numelOf(shape) <= maxNumbers ? expandedTo(input, shape) : undefined;
    },
  ],
]);

/** Operators whose result is known by shapes alone. */
const ofShapes: ReadonlySet<string> = new Set(['Shape', 'Size', 'ConstantOfShape']);

/** @returns by output, or undefined where not all inputs are known numbers or the operator is none of them */
export function evaluated(view: NodeView): readonly Numbers[] | undefined {
  const { opType, inputs } = view.node;
  if (ofShapes.has(opType)) return ofShape(view);
  const operator = operators.get(opType);
  const first = view.numbers(0);
  if (!operator || !first || inputs.some((_, input) => has(view, input) && !view.numbers(input))) return undefined;
  const result = operator(view, first);
  if (!result) return undefined;
  const results = Array.isArray(result) ? (result as readonly Numbers[]) : [result as Numbers];
  return results.every(({ values }) => values.every((value) => !Number.isNaN(value))) ? results : undefined;
}

function ofShape(view: NodeView): readonly Numbers[] | undefined {
  if (view.node.opType === 'ConstantOfShape') {
    const shape = view.numbers(0)?.values;
    const value = view.node.attributes.get('value')?.tensor?.ints?.[0];
    // Of floats there may be many; only lists of integers become shapes.
    if (!shape || value === undefined || numelOf(shape) > maxNumbers) return undefined;
    return [{ shape, values: new Array<number>(numelOf(shape)).fill(value), whole: true }];
  }
  const shape = view.shape(0);
  if (!shape) return undefined;
  if (view.node.opType === 'Size') return [{ shape: [], values: [numelOf(shape)], whole: true }];
  return [listOf(shape.slice(...shapeBounds(view, shape.length)))];
}

/** Which sizes a Shape gives. */
export function shapeBounds(view: NodeView, rank: number): [start: number, end: number] {
  const within = (value: number) => Math.min(rank, Math.max(0, value < 0 ? value + rank : value));
  return [within(int(view, 'start', 0)), within(int(view, 'end', rank))];
}

function gather(view: NodeView, input: Numbers): Numbers | undefined {
  const indices = view.numbers(1);
  const axis = axisIn(input.shape.length, int(view, 'axis', 0));
  if (!indices || axis === undefined) return undefined;
  const size = at(input.shape, axis);
  const picked = indices.values.map((index) => (index < 0 ? index + size : index));
  const taken = pick(
    input,
    input.shape.map((along, i) => (i === axis ? picked : allOf(along))),
  );
  return taken && { ...taken, shape: input.shape.toSpliced(axis, 1, ...indices.shape) };
}

function slice(view: NodeView, input: Numbers): Numbers | undefined {
  const cuts = cutsOf(view, input.shape);
  if (!cuts) return undefined;
  return pick(
    input,
    input.shape.map((size, axis) => cuts.find((cut) => cut.axis === axis)?.indices ?? allOf(size)),
  );
}

function split(view: NodeView, input: Numbers): readonly Numbers[] | undefined {
  const axis = axisIn(input.shape.length, int(view, 'axis', 0));
  const sizes = axis === undefined ? undefined : splitSizes(view, at(input.shape, axis));
  if (!sizes) return undefined;
  let start = 0;
  return sizes.flatMap((size) => {
    const own = allOf(size).map((i) => i + start);
    start += size;
    return (
      pick(
        input,
        input.shape.map((along, i) => (i === axis ? own : allOf(along))),
      ) ?? []
    );
  });
}

function concat(view: NodeView, input: Numbers): Numbers | undefined {
  const axis = axisIn(input.shape.length, int(view, 'axis', 0));
  const parts = view.node.inputs.flatMap((_, i) => view.numbers(i) ?? []);
  const isFit = parts.every((part) => part.shape.length === input.shape.length);
  return axis === undefined || !isFit ? undefined : joinedAlong(parts, axis);
}

function reshaped(input: Numbers, shape: readonly number[] | undefined): Numbers | undefined {
  return shape && numelOf(shape) === input.values.length ? { ...input, shape } : undefined;
}

/** Whether a Reshape takes zeros of its target as they are. */
export function allowsZero(view: NodeView): boolean {
  return int(view, 'allowzero', 0) === 1;
}

/**
 * The shape that a Reshape gives: 0 is the input's own size, -1 what is left. Undefined where they do not fit.
 * @param zeros of the target are sizes
 */
export function resolvedTarget(
  shape: readonly number[],
  target: readonly number[] | undefined,
  zeros = false,
): number[] | undefined {
  if (!target) return undefined;
  const sizes = target.map((size, axis) => (size === 0 && !zeros ? (shape[axis] ?? 0) : size));
  const rest = numelOf(sizes.filter((size) => size !== -1));
  const resolved = sizes.map((size) => (size === -1 ? numelOf(shape) / rest : size));
  const isFit = numelOf(resolved) === numelOf(shape) && resolved.every((size) => size >= 0 && Number.isInteger(size));
  return isFit ? resolved : undefined;
}

export function squeezedShape(view: NodeView, shape: readonly number[]): number[] | undefined {
  const axes = axesAt(view, 1, shape.length);
  return axes && shape.filter((size, axis) => (axes.length > 0 ? !axes.includes(axis) : size !== 1));
}

export function unsqueezedShape(view: NodeView, shape: readonly number[]): number[] | undefined {
  const rank = shape.length + (view.numbers(1)?.values ?? ints(view, 'axes') ?? []).length;
  const axes = axesAt(view, 1, rank);
  if (!axes || rank > 64 || new Set(axes).size !== axes.length) return undefined;
  let next = 0;
  return allOf(rank).map((axis) => (axes.includes(axis) ? 1 : at(shape, next++)));
}
