/** A plan of the graph, said of the tensors of the checkpoint that it was exported from. */
import { at } from '../../lib/known';
import { getOrInsert } from '../../lib/maps';
import type { CheckpointPlan, CutTensor, RefusedPlan } from '../../pruning/checkpointPlan';
import type { Graph, GraphNode } from '../../tensors/graph/graph';
import { standardDomain } from '../../tensors/graph/graph';
import type { KeptAxis, PlannedTensor, SlimPlan } from '../../tensors/graph/slimPlan';
import { keysOf } from '../../tensors/stateDictKeys';
import { numelOf, type TensorId } from '../../tensors/tensor';
import type { CheckpointTensor, Pairing, TensorPair } from '../protocol';

export interface CheckpointPlanSource {
  readonly plan: SlimPlan;
  /** That the plan is for. */
  readonly graph: Graph;
  readonly pairing: Pairing;
  /** All of the checkpoint: an id is an index. */
  readonly tensors: readonly CheckpointTensor[];
}

type Cuts = readonly KeptAxis[];

/**
 * Tensors that pairing found lose what the graph's lose, and what belongs to them goes along: norms that the graph has folded in,
 * statistics and biases of the same module, masks, tied names.
 * @returns refused where some tensor's place is not known, and it may have channels that go
 */
export function checkpointPlan(source: CheckpointPlanSource): CheckpointPlan | RefusedPlan {
  return new Planning(source).plan();
}

/** What is beside a weight in its module, one number for each of its outputs. */
const besides = ['weight', 'bias', 'running_mean', 'running_var'];

class Planning {
  private readonly source: CheckpointPlanSource;
  private readonly planned = new Map<string, PlannedTensor[]>();
  private readonly readers: ReadonlyMap<string, number>;
  private readonly keys: readonly string[];
  private readonly pairs: ReadonlyMap<TensorId, TensorPair>;
  /** By the name that the graph has. */
  private readonly pairOf: ReadonlyMap<string, TensorPair>;
  private readonly cuts = new Map<TensorId, Cuts>();
  private readonly values = new Map<TensorId, readonly number[]>();
  private readonly aliases: ReadonlyMap<string, string>;

  constructor(source: CheckpointPlanSource) {
    this.source = source;
    const { plan, graph, pairing, tensors } = source;
    for (const tensor of plan.tensors) getOrInsert(this.planned, tensor.name, () => []).push(tensor);
    this.aliases = aliasesIn(graph);
    this.readers = readersIn(graph, this.aliases);
    this.keys = keysOf(tensors);
    this.pairs = new Map(pairing.pairs.map((pair) => [pair.tensor, pair]));
    this.pairOf = new Map(pairing.pairs.map((pair) => [pair.initializer, pair]));
  }

  plan(): CheckpointPlan | RefusedPlan {
    const { tensors, pairing } = this.source;
    const containers = new Set(pairing.pairs.map(({ tensor }) => at(tensors, tensor).container));
    const [container = '', ...others] = containers;
    if (others.length > 0) return refusal('The graph’s tensors come from several state dicts of the checkpoint.');
    for (const pair of pairing.pairs) {
      const cuts = this.cutsIn(pair);
      if (cuts) this.cuts.set(pair.tensor, cuts);
    }
    for (const { tensor, name, layer } of pairing.foldedIn) {
      const pair = pairing.pairs.find((each) => each.name === layer);
      const cuts = pair && this.outputCuts(pair);
      if (!cuts) return refusal(unknownPlace(name, `it is folded into ${layer}`));
      this.cuts.set(tensor, cuts);
    }
    const own = tensors.filter((tensor) => tensor.container === container && tensor.kind !== 'optimizer');
    this.placeBesides(own);
    const lost = own.find((tensor) => !this.cuts.has(tensor.id) && this.mayLose(tensor));
    if (lost) {
      const why = `the graph has no tensor of its name or content, and others of ${lost.shape.join('×')} lose channels`;
      return refusal(unknownPlace(lost.name, why));
    }
    const stranger = this.source.plan.tensors.find((tensor) => !this.isAccounted(tensor));
    if (stranger) {
      return refusal(
        `${stranger.name} of the graph loses channels, and is none of the checkpoint’s tensors: a number in the module’s code, perhaps.`,
      );
    }
    const unwritten = this.rewrite();
    if (unwritten !== undefined) return refusal(unwritten);
    const cut = own.flatMap((tensor): CutTensor[] => {
      const axes = this.cuts.get(tensor.id) ?? [];
      const values = this.values.get(tensor.id);
      if (axes.length === 0 && !values) return [];
      return [{ tensor: tensor.id, name: at(this.keys, tensor.id), axes, ...(values && { values }) }];
    });
    return { container, tensors: cut, groups: this.groups(), remarks: this.remarks(container) };
  }

  /** Undefined where the graph's tensor is read in several ways. */
  private cutsIn({ tensor, initializer, transposed }: TensorPair): Cuts | undefined {
    const planned = this.planned.get(initializer) ?? [];
    const [first] = planned;
    if (!first) return [];
    const uses = planned.reduce((count, each) => count + each.uses.length, 0);
    const isOne = planned.every(({ axes }) => JSON.stringify(axes) === JSON.stringify(first.axes));
    if (!isOne || uses < (this.readers.get(initializer) ?? 0)) return undefined;
    const { shape } = at(this.source.tensors, tensor);
    return first.axes
      .map(({ axis, kept }) => ({ axis: ownAxis(axis, first.shape, shape, transposed), kept }))
      .sort((a, b) => a.axis - b.axis);
  }

  /** What each of a layer's outputs has one of loses. Undefined where that is not known. */
  private outputCuts(pair: TensorPair): Cuts | undefined {
    const cuts = this.cuts.get(pair.tensor);
    if (!cuts || cuts.length === 0) return cuts;
    const axis = this.outputAxis(pair);
    if (axis === undefined) return undefined;
    return cuts.filter((each) => each.axis === axis).map(({ kept }) => ({ axis: 0, kept }));
  }

  /** In the checkpoint's tensor. */
  private outputAxis({ tensor, initializer, transposed }: TensorPair): number | undefined {
    const { shape } = at(this.source.tensors, tensor);
    if (shape.length < 2) return 0;
    const axes = new Set(this.usesOf(initializer).map(({ node, input }) => outputAxisAt(node, input, shape.length)));
    const [axis] = axes;
    if (axis === undefined || axes.size > 1) return undefined;
    return transposed ? 1 - axis : axis;
  }

  private usesOf(name: string): { readonly node: GraphNode; readonly input: number }[] {
    return this.source.graph.nodes.flatMap((node) =>
      node.inputs.flatMap((read, input) =>
        (this.aliases.get(read) ?? read) === name && !isIdentity(node) ? [{ node, input }] : [],
      ),
    );
  }

  /** Tensors that stand beside one that has its place. */
  private placeBesides(own: readonly CheckpointTensor[]): void {
    const byKey = new Map(own.map((tensor) => [at(this.keys, tensor.id), tensor]));
    const placeAs = (tensor: CheckpointTensor, cuts: Cuts | undefined) => {
      if (cuts && !this.cuts.has(tensor.id)) this.cuts.set(tensor.id, cuts);
    };
    for (const tensor of own) {
      const stem = stemOf(at(this.keys, tensor.id));
      if (tensor.shape.length !== 1 || this.cuts.has(tensor.id)) continue;
      for (const part of besides) {
        const other = byKey.get(`${stem}.${part}`);
        const pair = other && this.pairs.get(other.id);
        if (!other || !this.cuts.has(other.id)) continue;
        const isAlike = other.shape.length === 1 && other.shape[0] === tensor.shape[0];
        placeAs(tensor, isAlike ? this.cuts.get(other.id) : pair && this.outputCuts(pair));
      }
    }
    for (const tensor of own) {
      const key = at(this.keys, tensor.id);
      const masked = tensor.kind === 'mask' ? byKey.get(key.replace(/_mask$/, '_orig')) : undefined;
      const same = tensor.sameAs === undefined ? masked : at(this.source.tensors, tensor.sameAs);
      if (same && same.shape.join() === tensor.shape.join()) placeAs(tensor, this.cuts.get(same.id));
    }
  }

  /** Whether some axis of a tensor is as long as one that loses channels. */
  private mayLose({ shape }: CheckpointTensor): boolean {
    if (numelOf(shape) <= 1) return false;
    return this.source.plan.tensors.some((tensor) =>
      tensor.axes.some(({ axis }) => shape.includes(at(tensor.shape, axis))),
    );
  }

  /** Whether the checkpoint has it, or makes it of tensors that have their places: a norm's shift is a bias in the graph. */
  private isAccounted({ name, shape, uses }: PlannedTensor): boolean {
    if (this.pairOf.has(name)) return true;
    if (shape.filter((size) => size > 1).length > 1) return false;
    const { nodes } = this.source.graph;
    const isPaired = (node: GraphNode) =>
      node.inputs.some((read) => {
        const pair = this.pairOf.get(this.aliases.get(read) ?? read);
        return pair !== undefined && this.cuts.has(pair.tensor);
      });
    return uses.every(({ node }) => {
      const reader = at(nodes, node);
      if (isPaired(reader)) return true;
      // The bias of a product is added behind it.
      return reader.opType === 'Add' && nodes.some((each) => isPaired(each) && sharesValue(each, reader));
    });
  }

  /** @returns why a bias that takes up constants is none that could be written */
  private rewrite(): string | undefined {
    const { graph, plan, tensors } = this.source;
    for (const { node, input, values } of plan.constants ?? []) {
      const reader = at(graph.nodes, node);
      const name = reader.inputs[input] ?? '';
      const pair = this.pairOf.get(this.aliases.get(name) ?? name);
      const { dtype } = pair ? at(tensors, pair.tensor) : {};
      if (!pair || dtype !== 'F32') {
        const layer = reader.inputs.map((read) => this.pairOf.get(this.aliases.get(read) ?? read)?.name).find(Boolean);
        return `Channels that are gone leave a constant to the bias of ${layer ?? reader.name}, which the checkpoint does not have as the graph has it.`;
      }
      this.values.set(pair.tensor, values);
    }
    return undefined;
  }

  private groups(): CheckpointPlan['groups'] {
    const { graph, plan } = this.source;
    return plan.adjustments.flatMap((adjustment) => {
      if (adjustment.kind !== 'int' || adjustment.attribute !== 'group') return [];
      const weight = at(graph.nodes, adjustment.node).inputs[1] ?? '';
      const pair = this.pairOf.get(this.aliases.get(weight) ?? weight);
      return pair ? [{ module: stemOf(at(this.keys, pair.tensor)), groups: adjustment.int }] : [];
    });
  }

  private remarks(container: string): string[] {
    const { graph, plan, tensors } = this.source;
    const counts = new Map<string, number>();
    for (const each of plan.adjustments) {
      if (each.kind === 'int' && each.attribute === 'group') continue;
      const { opType } = at(graph.nodes, each.node);
      counts.set(opType, (counts.get(opType) ?? 0) + 1);
    }
    const sizes = [...counts].map(([opType, count]) => `${opType}${count > 1 ? ` (${count})` : ''}`).join(', ');
    const dicts = [...new Set(tensors.filter(({ kind }) => kind !== 'optimizer').map((each) => each.container))];
    const left = dicts.filter((each) => each !== container).map((each) => each || 'the outermost dict');
    const state = tensors.some(({ kind }) => kind === 'optimizer');
    return [
      ...(sizes === ''
        ? []
        : [`The graph has other sizes at ${sizes}: numbers of the module’s code may have to follow.`]),
      ...(left.length === 0 ? [] : [`Left out, as they are of no part of the graph: ${left.join(', ')}.`]),
      ...(state ? ['Left out: the optimizer’s state, which is for the larger weights.'] : []),
    ];
  }
}

function refusal(refused: string): RefusedPlan {
  return { refused };
}

function unknownPlace(name: string, why: string): string {
  return `It is not known which channels of ${name} go: ${why}.`;
}

function stemOf(key: string): string {
  return key.slice(0, Math.max(0, key.lastIndexOf('.')));
}

/** Axes of one element come and go between a list and its place beside channels. */
function ownAxis(axis: number, shape: readonly number[], own: readonly number[], transposed: boolean): number {
  if (transposed) return 1 - axis;
  return shape.length === own.length ? axis : own.indexOf(at(shape, axis));
}

/** Which axis of a weight counts what comes out (onnx Operators.md). */
function outputAxisAt(node: GraphNode, input: number, rank: number): number | undefined {
  switch (node.opType) {
    case 'Conv':
    case 'FusedConv':
      return input === 1 ? 0 : undefined;
    case 'ConvTranspose':
      return input === 1 && (node.attributes.get('group')?.int ?? 1) === 1 ? 1 : undefined;
    case 'Gemm': {
      const turned = node.attributes.get('transB')?.int === 1;
      return input === 1 ? (turned ? 0 : 1) : undefined;
    }
    case 'MatMul':
      return input === 1 ? rank - 1 : undefined;
    default:
      return undefined;
  }
}

function isIdentity({ opType, domain }: GraphNode): boolean {
  return opType === 'Identity' && standardDomain(domain);
}

/** Other names of stored tensors. */
function aliasesIn({ nodes }: Graph): Map<string, string> {
  const aliases = new Map<string, string>();
  for (const node of nodes) {
    const [of = ''] = node.inputs;
    const [name] = node.outputs;
    if (isIdentity(node) && name) aliases.set(name, aliases.get(of) ?? of);
  }
  return aliases;
}

function readersIn({ nodes }: Graph, aliases: ReadonlyMap<string, string>): Map<string, number> {
  const readers = new Map<string, number>();
  for (const node of nodes) {
    if (isIdentity(node)) continue;
    for (const name of node.inputs) {
      const of = aliases.get(name) ?? name;
      readers.set(of, (readers.get(of) ?? 0) + 1);
    }
  }
  return readers;
}

function sharesValue(producer: GraphNode, reader: GraphNode): boolean {
  return producer.outputs.some((name) => name !== '' && reader.inputs.includes(name));
}
