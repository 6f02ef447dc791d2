/** What slots the values of a graph have, while its nodes are walked from inputs to outputs. */
import { at } from '../../lib/known';
import { getOrInsert } from '../../lib/maps';
import { type GraphNode, graphsIn } from '../../tensors/graph/graph';
import type { Adjustment } from '../../tensors/graph/slimPlan';
import { DisjointSlots, fixedSlot, type Slots } from './disjointSlots';
import type { NodeView, Shape } from './nodeView';
import { type AxisSlots, pinAll } from './regroupSlots';
import { type GraphContents, type Shapes, viewOf } from './shapes';

/** Why axes of images and kernels stay. */
export const places = 'counts places that windows move over';

/** The slots of a value, by axis: axes without keep their size. */
export interface SlottedValue {
  readonly axes: readonly AxisSlots[];
  /** What stands at removed indices is zero where the model is not smaller but has zeros in their place. */
  readonly zero: boolean;
  /** Why axes without slots have none, in words. */
  readonly why: string;
  /** A tensor of the file, perhaps turned. */
  readonly stored?: true;
}

/** Where a tensor of the file is read. */
export interface WeightUse {
  /** Position of the node in the graph. */
  readonly node: number;
  readonly input: number;
}

/** A tensor of the file with the slots of its axes. */
export interface SlottedWeight {
  /** As the graph names it. */
  readonly name: string;
  readonly shape: Shape;
  readonly axes: readonly AxisSlots[];
  /** More than one where they read the same elements; small ones have slots of their own for each use. */
  readonly uses: WeightUse[];
  /** What removing an index means to zeros: whether it is the same as zeroing it. False of divisors, means and slopes. */
  zeroable: boolean;
  /** Its numbers are where a channel comes from, or what a channel is multiplied with on its way into another. */
  readonly roles: Map<Slots, 'produces' | 'consumes'>;
}

/** A tensor of the file, by the name that it is stored under. */
export interface StoredTensor {
  readonly name: string;
  readonly shape: Shape;
}

/** The slots that are left of an axis. */
export interface Kept {
  /** How many indices of an axis. */
  count(slots: Slots): number;
  has(slot: number): boolean;
}

/** What a smaller graph has to say at a node, by what is kept; nothing where it can stay as it is. */
export type Adjuster = (kept: Kept, smaller: NodeView) => readonly Adjustment[];

/** What a node does to slots, by output; undefined where the node is not understood. */
export type SlotRule = (
  walk: Walk,
  node: GraphNode,
  position: number,
) => readonly (SlottedValue | undefined)[] | undefined;

export class Walk {
  readonly sets = new DisjointSlots();
  readonly values = new Map<string, SlottedValue>();
  readonly weights: SlottedWeight[] = [];
  /** How many slots all values have together. */
  slotted = 0;
  readonly leaving = new Set<number>();
  readonly summed = new Set<number>();
  readonly adjusters: { readonly node: number; readonly adjust: Adjuster }[] = [];
  /** Of numbers that are computed of shapes: by element, the axes whose sizes it depends on. */
  readonly sizes = new Map<string, readonly (readonly Slots[])[]>();
  readonly contents: GraphContents;
  readonly shapes: Shapes;
  private readonly constants: ReadonlyMap<string, StoredTensor>;
  /** By name, or by the use of a list. */
  private readonly shared = new Map<string, SlottedWeight>();
  private readonly byAxis = new Map<Slots, SlottedWeight>();

  /** @param constants the tensors that may get smaller, by every name that the graph has for them */
  constructor(contents: GraphContents, shapes: Shapes, constants: ReadonlyMap<string, StoredTensor>) {
    this.contents = contents;
    this.shapes = shapes;
    this.constants = constants;
  }

  view(node: GraphNode): NodeView {
    return viewOf(this.contents, node, this.shapes.shapes, this.shapes.numbers);
  }

  /** What a node is given: undefined where that is left out, or its shape is not known. */
  read(node: GraphNode, position: number, input: number): SlottedValue | undefined {
    const name = node.inputs[input] ?? '';
    const stored = this.constants.get(name);
    if (name === '') return undefined;
    if (stored) return this.weight(stored, { node: position, input });
    return this.values.get(name) ?? this.without(this.shapes.shapes.get(name), 'is no tensor that could get smaller');
  }

  /** A value whose axes all keep their sizes. */
  without(shape: Shape | undefined, why: string): SlottedValue | undefined {
    return shape && { axes: shape.map(() => undefined), zero: false, why };
  }

  private weight({ name, shape }: StoredTensor, use: WeightUse): SlottedValue {
    const make = () => {
      const axes = shape.map((size) => (size > 1 ? this.sets.fresh(size) : undefined));
      const weight: SlottedWeight = { name, shape, axes, uses: [], zeroable: true, roles: new Map() };
      for (const slots of axes) if (slots) this.byAxis.set(slots, weight);
      this.weights.push(weight);
      return weight;
    };
    const weight = getOrInsert(this.shared, isList(shape) ? `${use.node} ${use.input}` : `of ${name}`, make);
    if (!weight.uses.some(({ node, input }) => node === use.node && input === use.input)) weight.uses.push(use);
    return { axes: weight.axes, zero: true, why: 'has one element', stored: true };
  }

  /** The axes of a value, or of a tensor of the file that more than one axis counts: lists have others for each that reads them. */
  axesOf(name: string, use?: WeightUse): readonly AxisSlots[] {
    const stored = this.constants.get(name);
    if (!stored) return this.values.get(name)?.axes ?? [];
    if (isList(stored.shape)) return [];
    return use ? this.weight(stored, use).axes : (this.shared.get(`of ${name}`)?.axes ?? []);
  }

  /** Says of a tensor's axis what its numbers are to the channels that it counts. */
  role({ axes, stored }: SlottedValue, axis: number, role: 'produces' | 'consumes'): void {
    const slots = axes.at(axis);
    if (slots && stored) this.byAxis.get(slots)?.roles.set(slots, role);
  }

  /** Says that what stands at an axis' indices reaches weights though it comes of zeros: it leaves a constant behind them. */
  leaves(slots: AxisSlots): void {
    for (const slot of slots ?? []) this.leaving.add(slot);
  }

  /** Says that they are summed over without weights of their own. */
  sums(slots: AxisSlots): void {
    for (const slot of slots ?? []) this.summed.add(slot);
  }

  /** Says that zeros in this tensor are not the same as its removal. */
  neverZeroed(value: SlottedValue | undefined): void {
    for (const slots of value?.axes ?? []) {
      const weight = slots && this.byAxis.get(slots);
      if (weight) weight.zeroable = false;
    }
  }

  pin(slots: AxisSlots, why: string): void {
    pinAll(this.sets, slots, why);
  }

  pinValue(value: SlottedValue | undefined, why: string): void {
    for (const slots of value?.axes ?? []) this.pin(slots, why);
  }

  /**
   * Two axes whose indices belong together one by one.
   * @returns the slots of both; undefined where neither has any
   */
  meet(a: AxisSlots, b: AxisSlots, whyNoA: string, whyNoB: string): AxisSlots {
    if (a && b) {
      if (a.length === b.length) this.sets.joinAll(a, b);
      else for (const slots of [a, b]) this.pin(slots, 'meets an axis of another size');
    } else if (a) this.pin(a, `goes with what ${whyNoB}`);
    else this.pin(b, `goes with what ${whyNoA}`);
    return a ?? b;
  }

  /** Whether some index of an axis may still go. */
  isFree(slots: AxisSlots): slots is Slots {
    return slots?.some((slot) => this.sets.pinOf(slot) === undefined) === true;
  }

  /** Whether a name stands for a tensor of the file, as it is. */
  isStored(name: string): boolean {
    return this.constants.has(name);
  }

  /** One slot for each index, those that cannot change where there are none. */
  slotsOr(slots: AxisSlots, size: number): Slots {
    return slots ?? new Int32Array(size).fill(fixedSlot);
  }

  adjust(position: number, adjust: Adjuster): void {
    this.adjusters.push({ node: position, adjust });
  }

  /** The node that computes a value, where one other node alone reads it. */
  onlyFor(name: string): { readonly node: GraphNode; readonly position: number } | undefined {
    const { nodes, outputs } = this.contents.graph;
    const position = nodes.findIndex((node) => node.outputs.includes(name));
    const node = nodes[position];
    const readers = nodes.flatMap(({ inputs }) => inputs.filter((input) => input === name)).length;
    const isRead = readers === 1 && !outputs.some((output) => output.name === name);
    return node && isRead && !nodes.some((each) => graphsIn(each).next().done !== true)
      ? { node, position }
      : undefined;
  }

  sizeOf(node: GraphNode, input: number, axis: number): number {
    return at(this.shapes.shapes.get(node.inputs[input] ?? '') ?? [], axis);
  }
}

/** Exporters store equal lists once, for layers that have nothing to do with each other. */
function isList(shape: Shape): boolean {
  return shape.filter((size) => size > 1).length < 2;
}
