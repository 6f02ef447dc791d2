/** A node as the rules of shapes and slots see it: its attributes, and what is known of its inputs. */
import type { GraphNode } from '../../tensors/graph/graph';
import type { Numbers } from './numbers';

export type Shape = readonly number[];

export interface NodeView {
  readonly node: GraphNode;
  /** Version of the standard operators. */
  readonly opset: number;
  shape(input: number): Shape | undefined;
  numbers(input: number): Numbers | undefined;
  /** Of an attribute that has several; absent where the node has none of that name. */
  floats(attribute: string): readonly number[] | undefined;
}

export function int({ node }: Pick<NodeView, 'node'>, attribute: string, otherwise: number): number {
  return node.attributes.get(attribute)?.int ?? otherwise;
}

export function ints({ node }: Pick<NodeView, 'node'>, attribute: string): readonly number[] | undefined {
  return node.attributes.get(attribute)?.ints;
}

export function text({ node }: Pick<NodeView, 'node'>, attribute: string, otherwise: string): string {
  return node.attributes.get(attribute)?.text ?? otherwise;
}

/** Whether an input is there. */
export function has({ node }: Pick<NodeView, 'node'>, input: number): boolean {
  return (node.inputs[input] ?? '') !== '';
}

/** Integers that older versions have as an attribute and newer ones as an input. Absent where neither is given. */
export function intsAt(view: NodeView, input: number, attribute: string): readonly number[] | undefined {
  return has(view, input) ? view.numbers(input)?.values : ints(view, attribute);
}

/** Whether an input of integers is there that nothing is known of. */
export function isHidden(view: NodeView, input: number): boolean {
  return has(view, input) && view.numbers(input) === undefined;
}

/** Where parts of a split end, by what the node says; undefined where that is not known. */
export function splitSizes(view: NodeView, size: number): readonly number[] | undefined {
  if (isHidden(view, 1)) return undefined;
  const given = intsAt(view, 1, 'split');
  if (given && given.length > 0) return given;
  const parts = int(view, 'num_outputs', view.node.outputs.length);
  if (parts !== view.node.outputs.length) return undefined;
  const each = Math.ceil(size / parts);
  return Array.from({ length: parts }, (_, i) => Math.max(0, Math.min(each, size - i * each)));
}

/** Longer axes than any that is cut. */
const maxAxis = 2 ** 22;

export interface Cut {
  readonly axis: number;
  /** In the order in which they come. */
  readonly indices: readonly number[];
  /** Which of the starts, ends and steps say it. */
  readonly place: number;
  readonly step: number;
}

/** What a Slice takes of each axis that it names; undefined where that is not known. */
export function cutsOf(view: NodeView, shape: Shape): readonly Cut[] | undefined {
  const early = view.opset < 10;
  const of = (input: number, attribute: string) =>
    early ? ints(view, attribute) : isHidden(view, input) ? undefined : (view.numbers(input)?.values ?? []);
  const [starts, ends, axes, steps] = [of(1, 'starts'), of(2, 'ends'), of(3, 'axes') ?? [], of(4, 'steps') ?? []];
  if (!starts || !ends || starts.length !== ends.length) return undefined;
  if (!early && (isHidden(view, 3) || isHidden(view, 4))) return undefined;
  const cuts: Cut[] = [];
  for (const [place, start] of starts.entries()) {
    const named = axes.length > 0 ? (axes[place] ?? Number.NaN) : place;
    const axis = named < 0 ? named + shape.length : named;
    const size = shape[axis];
    const step = steps[place] ?? 1;
    if (size === undefined || size > maxAxis || step === 0) return undefined;
    cuts.push({ axis, indices: indicesOf(size, start, ends[place] ?? 0, step), place, step });
  }
  return cuts;
}

function indicesOf(size: number, start: number, end: number, step: number): number[] {
  const within = (value: number, low: number, high: number) =>
    Math.min(high, Math.max(low, value < 0 ? value + size : value));
  const [from, to] =
    step > 0
      ? [within(start, 0, size), within(end, 0, size)]
      : [within(start, -1, size - 1), within(end, -1, size - 1)];
  const indices: number[] = [];
  for (let i = from; step > 0 ? i < to : i > to; i += step) indices.push(i);
  return indices;
}

/** Axes of a Squeeze, Unsqueeze or Reduce; undefined where they are not known, empty where none are named. */
export function axesAt(view: NodeView, input: number, rank: number): readonly number[] | undefined {
  if (isHidden(view, input)) return undefined;
  const axes = (intsAt(view, input, 'axes') ?? []).map((axis) => (axis < 0 ? axis + rank : axis));
  return axes.every((axis) => axis >= 0 && axis < rank) ? axes : undefined;
}
