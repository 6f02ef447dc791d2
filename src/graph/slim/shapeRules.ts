/** The shapes of what operators give, by those of what they are given (onnx Operators.md). */
import { at } from '../../lib/known';
import { numelOf } from '../../tensors/tensor';
import { allowsZero, resolvedTarget, squeezedShape, unsqueezedShape } from './arithmetic';
import {
  axesAt,
  cutsOf,
  has,
  int,
  ints,
  intsAt,
  isHidden,
  type NodeView,
  type Shape,
  splitSizes,
  text,
} from './nodeView';
import { allOf, axisIn, broadcastShape, onlyOf } from './numbers';
import { elementwise, sameShape } from './operators';

/** By output; undefined where a shape is not known. */
type ShapeRule = (view: NodeView, shape: Shape) => Shape | readonly (Shape | undefined)[] | undefined;

const rules: ReadonlyMap<string, ShapeRule> = new Map<string, ShapeRule>([
  ['Conv', (view, shape) => windowed(view, shape, view.shape(1)?.slice(2), view.shape(1)?.[0])],
  ['FusedConv', (view, shape) => windowed(view, shape, view.shape(1)?.slice(2), view.shape(1)?.[0])],
  ['MaxPool', pooled],
  ['AveragePool', pooled],
  ['LpPool', pooled],
  ['ConvTranspose', transposedWindows],
  ['GlobalAveragePool', overall],
  ['GlobalMaxPool', overall],
  ['GlobalLpPool', overall],
  ['Gemm', gemm],
  ['MatMul', (view, shape) => product(shape, view.shape(1))],
  ['Reshape', (view, shape) => resolvedTarget(shape, intsAt(view, 1, 'shape'), allowsZero(view))],
  [
    'Flatten',
    (view, shape) => {
      const axis = int(view, 'axis', 1);
      const rows = numelOf(shape.slice(0, axis < 0 ? axis + shape.length : axis));
      return [[rows, numelOf(shape) / rows]];
    },
  ],
  ['Squeeze', (view, shape) => squeezedShape(view, shape)],
  ['Unsqueeze', (view, shape) => unsqueezedShape(view, shape)],
  [
    'Transpose',
    (view, shape) => (ints(view, 'perm') ?? allOf(shape.length).reverse()).map((axis) => shape[axis] ?? Number.NaN),
  ],
  [
    'Concat',
    (view, shape) => {
      const axis = axisIn(shape.length, int(view, 'axis', 1));
      const sizes = axis === undefined ? [] : view.node.inputs.map((_, i) => view.shape(i)?.[axis] ?? Number.NaN);
      return axis === undefined
        ? undefined
        : shape.with(
            axis,
            sizes.reduce((sum, size) => sum + size, 0),
          );
    },
  ],
  [
    'Split',
    (view, shape) => {
      const axis = axisIn(shape.length, int(view, 'axis', 0));
      if (axis === undefined) return undefined;
      return splitSizes(view, at(shape, axis))?.map((size) => shape.with(axis, size));
    },
  ],
  [
    'Slice',
    (view, shape) => {
      const cuts = cutsOf(view, shape);
      return cuts && shape.map((size, axis) => cuts.find((cut) => cut.axis === axis)?.indices.length ?? size);
    },
  ],
  [
    'Gather',
    (view, shape) => {
      const axis = axisIn(shape.length, int(view, 'axis', 0));
      const indices = view.shape(1);
      return axis === undefined || !indices ? undefined : shape.toSpliced(axis, 1, ...indices);
    },
  ],
  ['GatherElements', (view) => view.shape(1)],
  ['ScatterElements', (_, shape) => shape],
  ['ScatterND', (_, shape) => shape],
  ['Pad', (view, shape) => padded(view, shape)],
  ['Expand', (view, shape) => broadcastShape([shape, view.numbers(1)?.values ?? [Number.NaN]])],
  [
    'Tile',
    (view, shape) => {
      const repeats = view.numbers(1)?.values;
      return repeats?.length === shape.length ? shape.map((size, axis) => size * at(repeats, axis)) : undefined;
    },
  ],
  ['ConstantOfShape', (view) => view.numbers(0)?.values],
  ['Resize', resized],
  ['Upsample', resized],
  ['DepthToSpace', (view, shape) => spaced(shape, int(view, 'blocksize', 1), 1)],
  ['SpaceToDepth', (view, shape) => spaced(shape, int(view, 'blocksize', 1), -1)],
  ['LSTM', recurrent],
  ['GRU', recurrent],
  ['RNN', recurrent],
]);

/** @returns by output, as far as they are known */
export function outputShapes(view: NodeView): readonly (Shape | undefined)[] {
  const { opType } = view.node;
  const first = view.shape(0);
  if (elementwise.has(opType)) {
    const shapes = view.node.inputs.flatMap((_, input) => (has(view, input) ? [view.shape(input)] : []));
    return shapes.every((shape) => shape !== undefined) ? [broadcastShape(shapes)] : [];
  }
  if (!first && opType !== 'ConstantOfShape') return [];
  if (sameShape.has(opType)) return [first];
  if (opType.startsWith('Reduce') || opType === 'ArgMax' || opType === 'ArgMin')
    return [reducedShape(view, first ?? [])];
  const given = rules.get(opType)?.(view, first ?? []);
  if (!given) return [];
  const shapes = given.some((each) => Array.isArray(each)) || given.length === 0 ? given : [given];
  const isShape = (shape: unknown): shape is Shape =>
    Array.isArray(shape) && shape.length <= 64 && shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  return (given.length === 0 ? [given] : shapes).map((shape) => (isShape(shape) ? shape : undefined));
}

/** Axes that a Reduce goes over: all where it names none, but that newer ones may be told to do nothing then. */
export function reducedAxes(view: NodeView, rank: number): readonly number[] | undefined {
  if (view.node.opType.startsWith('Arg')) {
    const axis = axisIn(rank, int(view, 'axis', 0));
    return axis === undefined ? undefined : [axis];
  }
  const axes = axesAt(view, 1, rank);
  if (axes && axes.length === 0) return int(view, 'noop_with_empty_axes', 0) === 1 ? [] : allOf(rank);
  return axes;
}

function reducedShape(view: NodeView, shape: Shape): Shape | undefined {
  const axes = reducedAxes(view, shape.length);
  if (!axes) return undefined;
  const keeps = int(view, 'keepdims', 1) === 1;
  return shape.flatMap((size, axis) => (axes.includes(axis) ? (keeps ? [1] : []) : [size]));
}

function overall(_: NodeView, shape: Shape): Shape {
  return [...shape.slice(0, 2), ...shape.slice(2).map(() => 1)];
}

function pooled(view: NodeView, shape: Shape): readonly (Shape | undefined)[] {
  const pooledShape = windowed(view, shape, ints(view, 'kernel_shape'), shape[1]);
  return view.node.outputs.map(() => pooledShape);
}

/** Of windows that move over the places of an image. */
function windowed(view: NodeView, shape: Shape, kernel: Shape | undefined, channels: number | undefined) {
  const places = shape.slice(2);
  if (kernel?.length !== places.length || channels === undefined) return undefined;
  const automatic = text(view, 'auto_pad', 'NOTSET');
  const pads = ints(view, 'pads') ?? [];
  const sizes = places.map((size, i) => {
    const stride = ints(view, 'strides')?.[i] ?? 1;
    const reach = (at(kernel, i) - 1) * (ints(view, 'dilations')?.[i] ?? 1) + 1;
    if (automatic.startsWith('SAME')) return Math.ceil(size / stride);
    const pad = automatic === 'VALID' ? 0 : (pads[i] ?? 0) + (pads[i + places.length] ?? 0);
    const steps = (size + pad - reach) / stride;
    if (int(view, 'ceil_mode', 0) !== 1) return Math.floor(steps) + 1;
    // A window that would begin in the padding behind the image is left out.
    const windows = Math.ceil(steps) + 1;
    return (windows - 1) * stride >= size + (pads[i] ?? 0) ? windows - 1 : windows;
  });
  return [at(shape, 0), channels, ...sizes];
}

function transposedWindows(view: NodeView, shape: Shape): Shape | undefined {
  const weight = view.shape(1);
  const places = shape.slice(2);
  if (weight?.length !== shape.length) return undefined;
  const given = ints(view, 'output_shape');
  const pads = ints(view, 'pads') ?? [];
  const automatic = text(view, 'auto_pad', 'NOTSET');
  const sizes = places.map((size, i) => {
    const stride = ints(view, 'strides')?.[i] ?? 1;
    const reach = (at(weight, i + 2) - 1) * (ints(view, 'dilations')?.[i] ?? 1) + 1;
    if (given && given.length >= places.length) return at(given, given.length - places.length + i);
    if (automatic.startsWith('SAME')) return size * stride;
    const pad = automatic === 'VALID' ? 0 : (pads[i] ?? 0) + (pads[i + places.length] ?? 0);
    return stride * (size - 1) + (ints(view, 'output_padding')?.[i] ?? 0) + reach - pad;
  });
  return [at(shape, 0), at(weight, 1) * int(view, 'group', 1), ...sizes];
}

function gemm(view: NodeView, shape: Shape): Shape | undefined {
  const other = view.shape(1);
  if (shape.length !== 2 || other?.length !== 2) return undefined;
  return [at(shape, int(view, 'transA', 0)), at(other, 1 - int(view, 'transB', 0))];
}

function product(left: Shape, right: Shape | undefined): Shape | undefined {
  if (!right || left.length === 0 || right.length === 0) return undefined;
  if (left.length === 1 || right.length === 1) {
    return [...left.slice(0, -1), ...(right.length === 1 ? [] : [...right.slice(0, -2), at(right, right.length - 1)])];
  }
  const batch = broadcastShape([left.slice(0, -2), right.slice(0, -2)]);
  return batch && [...batch, at(left, left.length - 2), at(right, right.length - 1)];
}

/** Amounts before and behind each axis; undefined where they are not known. */
export function padsOf(
  view: NodeView,
  rank: number,
): readonly (readonly [before: number, behind: number])[] | undefined {
  const early = view.opset < 11;
  if (!early && (isHidden(view, 1) || isHidden(view, 3))) return undefined;
  const pads = early ? (ints(view, 'pads') ?? ints(view, 'paddings')) : view.numbers(1)?.values;
  const axes = (has(view, 3) ? view.numbers(3)?.values : undefined) ?? allOf(rank);
  if (pads?.length !== axes.length * 2) return undefined;
  return allOf(rank).map((axis) => {
    const place = axes.findIndex((named) => named === axis || named + rank === axis);
    return place < 0 ? [0, 0] : [at(pads, place), at(pads, place + axes.length)];
  });
}

function padded(view: NodeView, shape: Shape): Shape | undefined {
  return padsOf(view, shape.length)?.map(([before, behind], axis) => at(shape, axis) + before + behind);
}

/** Inputs of a Resize or Upsample; -1 where its version has none such. */
export function resizeInputs({ node, opset }: NodeView): { readonly scales: number; readonly sizes: number } {
  if (node.opType === 'Upsample') return { scales: opset < 9 ? -1 : 1, sizes: -1 };
  return opset < 11 ? { scales: 1, sizes: -1 } : { scales: 2, sizes: 3 };
}

function resized(view: NodeView, shape: Shape): Shape | undefined {
  const inputs = resizeInputs(view);
  const axes = ints(view, 'axes') ?? allOf(shape.length);
  if (text(view, 'keep_aspect_ratio_policy', 'stretch') !== 'stretch') return undefined;
  const placed = (values: readonly number[], of: (value: number, size: number) => number) =>
    shape.map((size, axis) => {
      const place = axes.findIndex((named) => named === axis || named + shape.length === axis);
      return place < 0 ? size : of(values[place] ?? Number.NaN, size);
    });
  const sizes = inputs.sizes < 0 ? undefined : view.numbers(inputs.sizes)?.values;
  if (sizes && sizes.length > 0) return placed(sizes, (size) => size);
  const scales = inputs.scales < 0 ? view.floats('scales') : view.numbers(inputs.scales)?.values;
  return scales && placed(scales, (scale, size) => Math.floor(size * scale));
}

function spaced(shape: Shape, block: number, direction: 1 | -1): Shape | undefined {
  if (shape.length !== 4 || block < 1) return undefined;
  const factor = block ** direction;
  return [at(shape, 0), at(shape, 1) / factor ** 2, at(shape, 2) * factor, at(shape, 3) * factor];
}

function recurrent(view: NodeView, shape: Shape): readonly (Shape | undefined)[] | undefined {
  const weight = view.shape(2);
  const hidden = int(view, 'hidden_size', weight?.[2] ?? 0);
  if (shape.length !== 3 || weight?.length !== 3 || hidden === 0) return undefined;
  const [first, second] = [at(shape, 0), at(shape, 1)];
  const directions = at(weight, 0);
  if (int(view, 'layout', 0) === 1) return [[first, second, directions, hidden], ...twice([first, directions, hidden])];
  return [[first, directions, second, hidden], ...twice([directions, second, hidden])];
}

function twice<Value>(value: Value): [Value, Value] {
  return [value, value];
}

/** The number that a scalar operand is; undefined where it is none, or not known. */
export function scalarAt(view: NodeView, input: number): number | undefined {
  return onlyOf(view.numbers(input));
}
