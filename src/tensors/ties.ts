/** Tensors that are one under several names: what any name tells is known of all. */
import type { Axes } from './axes';
import type { TensorId, TensorInfo } from './tensor';

type Known = Pick<TensorInfo, 'kind' | 'because' | 'axes'>;

/**
 * What a tensor is for, where its own name did not tell and another name of its weights does.
 * @param alsoNamed the other names
 */
export function knownByAnyName(
  tensor: TensorInfo,
  alsoNamed: readonly TensorId[],
  tensors: readonly TensorInfo[],
): Known {
  if (tensor.kind !== 'unknown') return tensor;
  const other = alsoNamed.map((id) => tensors[id]!).find(({ kind }) => kind !== 'unknown');
  if (!other) return tensor;
  const axes = other.axes && axesIn(tensor, other, other.axes);
  return { kind: other.kind, because: `the same weights as ${other.name}`, ...(axes && { axes }) };
}

/** The same dimensions of another view of the same weights, which may be transposed. */
function axesIn(tensor: TensorInfo, other: TensorInfo, { outputs, inputs, copies }: Axes): Axes | undefined {
  const places = other.shape.map((size, axis) =>
    tensor.shape.findIndex((mine, at) => mine === size && (size === 1 || tensor.strides[at] === other.strides[axis])),
  );
  if (tensor.shape.length !== other.shape.length || places.includes(-1)) return undefined;
  const moved = (axes: readonly number[]) => axes.map((axis) => places[axis]!);
  return { outputs: moved(outputs), inputs: moved(inputs), ...(copies && { copies: moved(copies) }) };
}
