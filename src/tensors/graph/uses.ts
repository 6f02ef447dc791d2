/** What a tensor is used for: every operator that it comes to, perhaps after it was rearranged. */
import { isEqual } from '../../lib/equal';
import { at } from '../../lib/known';
import type { Axes } from '../axes';
import type { Declared } from '../evidence';
import type { LayerKind, TensorId } from '../tensor';
import { type Flow, passThrough, rearranged, slicedAlong, storedFlow } from './flow';
import { type Graph, type GraphNode, intOf, nodeInCall } from './graph';
import { besides, type InputUse, type Operand } from './operand';
import { inputUse, isKnownDomain } from './operators';
import { lookUp, type Scope, tensorsIn, type Use, type Value } from './scopes';

/** Where a tensor comes to: an operator that does not only pass it on. */
export interface TensorUse extends Use {
  /** Nodes of the graph on the way to it: those that call the functions that it stands in, outermost first, and its own. */
  readonly path: readonly GraphNode[];
  /** As the operator sees it. */
  readonly flow: Flow;
  /** What the operator does with it; absent where it is no weight there, or where that is not known. */
  readonly purpose?: Purpose;
}

/** A use as a weight; axes are those of the stored tensor. */
interface Purpose extends Declared {
  readonly opType: string;
}

/** What the graph does with a tensor. */
export interface TensorUses {
  /** As it is stored. */
  readonly shape: readonly number[];
  /** In the order of the graph, but that those behind more nodes come later. */
  readonly uses: readonly TensorUse[];
  /** What it is for. Absent where no operator whose inputs are known uses it. */
  readonly declared?: Declared;
  /** Its values are quantised ones. */
  readonly quantised: boolean;
}

/** Steps taken per tensor. Real weights are used within a few; a hostile graph could lead every tensor past every node. */
const maxSteps = 64;
/** Of these what is used as a weight at all is one, whatever else it is used for. */
const layerKinds: ReadonlySet<LayerKind> = new Set(['conv', 'linear', 'recurrent', 'router', 'embedding']);

/** Where a tensor has come to. */
interface Step {
  readonly value: Value;
  readonly flow: Flow;
  /** Within a function: the node that called it, as it is called itself. */
  readonly call?: GraphNode | undefined;
  readonly path: readonly GraphNode[];
}

/** Of every tensor of the file that the graph names. */
export function usesOf(scopes: readonly Scope[]): Map<TensorId, TensorUses> {
  const uses = new Map<TensorId, TensorUses>();
  // A damaged graph may give thousands of tensors one name, and each would be followed through all of its nodes.
  const followed = new Map<Value, TensorUses>();
  for (const scope of scopes) {
    for (const { tensor, name, shape } of tensorsIn(scope)) {
      const value = lookUp(scope, name);
      const before = followed.get(value);
      const found = before && isEqual(before.shape, shape) ? before : usesOfValue(value, shape);
      followed.set(value, found);
      uses.set(tensor, found);
    }
  }
  return uses;
}

/** Breadth first over the value's uses, in the order of nodes. */
function usesOfValue(value: Value, shape: readonly number[]): TensorUses {
  const queue: Step[] = [{ value, flow: storedFlow(shape), path: [] }];
  const seen = new Set<Value>([value]);
  const uses: TensorUse[] = [];
  let isKnown = true;
  let quantised = false;
  let steps = 0;
  search: for (const step of queue) {
    for (const used of step.value.uses) {
      if (++steps > maxSteps) {
        isKnown = false;
        break search;
      }
      const { flow, call } = step;
      const use = inCall(used, call);
      const path = [...step.path, used.node];
      const operand: Operand = { ...use, sizes: flow.axes?.map(({ size }) => size) };
      const bodies = used.scope.bodies.get(used.node);
      const found = bodies ? undefined : inputUse(operand);
      if (found) {
        quantised ||= found.quantised === true;
        uses.push({ ...use, path, flow, purpose: purposeOf(found, operand, flow, shape) });
        continue;
      }
      const followed = [...nextOf(use, step, bodies, path)];
      if (followed.length === 0) {
        isKnown &&= isDecided(used);
        uses.push({ ...use, path, flow });
      }
      for (const next of followed) {
        quantised ||= next.flow.quantised;
        if (seen.has(next.value) || queue.length > maxSteps) continue;
        seen.add(next.value);
        queue.push(next);
      }
    }
  }
  const purposes = uses.flatMap(({ purpose }) => purpose ?? []);
  const declared = purposes.length > 0 ? chosen(purposes) : isKnown ? noLayer(uses) : undefined;
  return { shape, uses, ...(declared ? { declared } : {}), quantised };
}

function purposeOf(use: InputUse, operand: Operand, flow: Flow, shape: readonly number[]): Purpose {
  const { opType } = operand.node;
  const { kind, because = `used by ${opType}` } = use;
  const axes = use.axes?.(operand);
  const stored = axes && shape.length > 1 ? storedAxes(axes, flow, shape) : undefined;
  return { kind, because, opType, ...(stored ? { axes: stored } : {}) };
}

/** A table that is multiplied with, too, is an embedding; else what makes a layer goes first, in the order of nodes. */
function chosen(purposes: readonly Purpose[]): Declared {
  const table = purposes.find(({ kind }) => kind === 'embedding');
  const product = purposes.find(({ kind }) => kind === 'linear' || kind === 'router');
  const first = purposes.find(({ kind }) => layerKinds.has(kind)) ?? at(purposes, 0);
  const { opType: _, ...declared } = table && product ? table : first;
  return table && product ? { ...declared, because: `${table.because}, and by ${product.opType}` } : declared;
}

/** Operators that are known to have no weights there are all that uses it. */
function noLayer([first]: readonly TensorUse[]): Declared | undefined {
  return first && { kind: 'parameter', because: `used by ${first.node.opType}` };
}

/** Whether the node ends the way for sure: it mixes the tensor with what the model is fed with. */
function isDecided({ node, scope }: Use): boolean {
  if (!isKnownDomain(node.domain) || scope.bodies.has(node)) return false;
  return node.outputs.some((name) => name !== '' && !lookUp(scope, name).constant);
}

/** Axes of the stored tensor that an operator's are; undefined where they are not known, or one counts both. */
function storedAxes(axes: Axes, { axes: seen }: Flow, shape: readonly number[]): Axes | undefined {
  const of = (listed: readonly number[]) => listed.map((axis) => seen?.[axis]?.from);
  const kernel = seen?.flatMap((_, axis) => (isListed(axes, axis) ? [] : [axis])) ?? [];
  const groups = [axes.outputs, axes.inputs, axes.copies ?? [], kernel].map((listed) => {
    const origins = of(listed);
    return origins.every((from) => from !== undefined) ? [...new Set(origins.flat())] : undefined;
  });
  const [outputs, inputs, copied, places] = groups;
  if (!seen || !outputs || !inputs || !copied || !places) return undefined;
  const isShared = (a: readonly number[], b: readonly number[]) => a.some((axis) => b.includes(axis));
  if (isShared(outputs, inputs) || isShared(copied, inputs) || isShared(places, outputs)) return undefined;
  // What a selection took away counts layers side by side.
  const gone = shape.flatMap((size, axis) =>
    size > 1 && !groups.some((axesOf) => axesOf?.includes(axis)) ? [axis] : [],
  );
  const copies = [...new Set([...gone, ...copied])].filter((axis) => !outputs.includes(axis));
  return { outputs, inputs, ...(copies.length > 0 ? { copies } : {}) };
}

function isListed({ outputs, inputs, copies }: Axes, axis: number): boolean {
  return outputs.includes(axis) || inputs.includes(axis) || copies?.includes(axis) === true;
}

/** The use by the node that a call makes of it, where it stands in a function. */
function inCall(use: Use, call: GraphNode | undefined): Use {
  return call ? { ...use, node: nodeInCall(use.node, functionOf(use.scope), call) } : use;
}

function functionOf(scope: Scope): Graph {
  let at = scope;
  while (at.outer) at = at.outer;
  return at.graph;
}

/**
 * Where a value goes on under another name: a node's results, or the inputs of its bodies.
 * @param step where the use was found
 * @param path to the node, with it
 */
function* nextOf(
  { node, input, scope }: Use,
  { flow, call, path: before }: Step,
  bodies: readonly Scope[] | undefined,
  path: readonly GraphNode[],
): Generator<Step> {
  if (bodies) {
    for (const body of bodies) {
      const name = body.graph.inputs[input]?.name;
      if (name === undefined) continue;
      const value = lookUp(body, name);
      const into = flowInto(body, node, input, flow);
      // Bodies of a node see what is around them; a function's body stands alone.
      yield body.outer ? { value, flow: into, call, path: before } : { value, flow: into, call: node, path };
    }
    return;
  }
  if (!isKnownDomain(node.domain)) return;
  const behind = passThrough(node, input, flow, (other) => besides({ node, scope }, other));
  if (!behind) return;
  for (const name of node.outputs) {
    if (name !== '') yield { value: lookUp(scope, name), flow: behind, call, path: before };
  }
}

/** Scan hands its body slices of what it walks along, and its states as they are. */
function flowInto(body: Scope, node: GraphNode, input: number, flow: Flow): Flow {
  if (node.opType !== 'Scan') return flow;
  const walked = intOf(node, 'num_scan_inputs', 0) ?? 0;
  const first = node.inputs.length - walked;
  // Opset 8 had one more input, and batches.
  if (walked === 0 || body.graph.inputs.length !== node.inputs.length) return rearranged(flow);
  if (input < first) return flow;
  return slicedAlong(flow, node.attributes.get('scan_input_axes')?.ints[input - first] ?? 0);
}
