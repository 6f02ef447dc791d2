/** Which dimensions of a weight mean what: the one answer that patterns, rows, blocks, norms, pictures and scripts read. */
import { at } from '../lib/known';

/** Indices into a tensor's shape. Dimensions in none of the lists are places in a kernel. */
export interface Axes {
  /** What counts outputs: one dimension, or several that count them together (heads and their widths), slowest first. */
  readonly outputs: readonly number[];
  /** What is multiplied with inputs and summed over, likewise. */
  readonly inputs: readonly number[];
  /** What counts layers of one shape side by side: experts, the directions of an ONNX LSTM. */
  readonly copies?: readonly number[];
}

interface Weight {
  readonly shape: readonly number[];
  readonly axes?: Axes;
}

export function axesAt(outputs: number, inputs: number, copies?: number): Axes {
  return { outputs: [outputs], inputs: [inputs], ...(copies === undefined ? {} : { copies: [copies] }) };
}

/**
 * The dimension whose neighbours are neighbouring inputs: along it n:m patterns run.
 * @returns undefined where the inputs are not known
 */
export function inputAxisOf({ axes }: Weight): number | undefined {
  return axes?.inputs.at(-1);
}

/** The one dimension of outputs and the one of inputs; undefined where either is several, or not known. */
export function plainAxesOf({ axes }: Weight): { readonly outputs: number; readonly inputs: number } | undefined {
  if (axes?.outputs.length !== 1 || axes.inputs.length !== 1) return undefined;
  return { outputs: at(axes.outputs, 0), inputs: at(axes.inputs, 0) };
}

/** The dimensions whose indices together are one row: one output of one copy. Undefined where they are not known. */
export function rowAxesOf({ axes }: Weight): readonly number[] | undefined {
  return axes && [...(axes.copies ?? []), ...axes.outputs];
}

/** The dimensions that are places in a kernel. */
export function kernelAxesOf({ shape, axes }: Weight): number[] {
  if (!axes) return [];
  const meant = new Set([...axes.outputs, ...axes.inputs, ...(axes.copies ?? [])]);
  return shape.map((_, axis) => axis).filter((axis) => !meant.has(axis));
}

/** Whether two answers are the same one; that nothing is known is an answer, too. */
export function sameAxes(one: Axes | undefined, other: Axes | undefined): boolean {
  const key = (axes: Axes | undefined) => axes && JSON.stringify([axes.outputs, axes.inputs, axes.copies ?? []]);
  return key(one) === key(other);
}

/** Which axes of a tensor go down its picture and which across, from the slowest to the fastest. */
export interface PictureAxes {
  readonly down: readonly number[];
  readonly across: readonly number[];
}

/**
 * Outputs down, inputs across; of the rest (positions in a kernel) the last across, within an input, all others down.
 * Where axes are not known: the first dimension down, the second across.
 */
export function pictureAxesOf(tensor: Weight): PictureAxes {
  const { shape, axes } = tensor;
  if (!axes && shape.length < 2) return { down: [], across: shape.map((_, axis) => axis) };
  const [outputs, inputs] = [rowAxesOf(tensor) ?? [0], axes?.inputs ?? [1]];
  const rest = shape.map((_, axis) => axis).filter((axis) => !outputs.includes(axis) && !inputs.includes(axis));
  const last = rest.pop();
  return { down: [...outputs, ...rest], across: last === undefined ? inputs : [...inputs, last] };
}
