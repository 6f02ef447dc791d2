/** Finds what a tensor is for: the first operator that uses it as a weight, perhaps after it was rearranged. */
import type { Axes } from '../../tensors/axes';
import type { Declared } from '../../tensors/evidence';
import type { LayerKind } from '../../tensors/tensor';
import { type Flow, passThrough, rearranged, slicedAlong, storedFlow } from './flow';
import { type GraphRecord, intOf, type NodeRecord, nodeInCall } from './graphProto';
import { besides, type InputUse, type Operand } from './operand';
import { inputUse, isKnownDomain } from './operators';
import { lookUp, type Scope, type Use, type Value } from './scopes';

export interface Consumer {
  /** Absent where no operator whose inputs are known uses the tensor. */
  readonly declared?: Declared;
  /** Its values are quantised ones. */
  readonly quantised: boolean;
}

/** Steps taken per tensor. Real weights are used within a few; a hostile graph could lead every tensor past every node. */
const maxSteps = 64;
/** Of these what is used as a weight at all is one, whatever else it is used for. */
const layerKinds: ReadonlySet<LayerKind> = new Set(['conv', 'linear', 'recurrent', 'router', 'embedding']);

/** A use as a weight. */
interface Purpose extends Declared {
  readonly opType: string;
}

/** Where a tensor has come to. */
interface Step {
  readonly value: Value;
  readonly flow: Flow;
  /** Within a function: the node that called it. */
  readonly call?: NodeRecord | undefined;
}

/** Breadth first over the value's uses, in the order of nodes. */
export function consumerOf(value: Value, shape: readonly number[]): Consumer {
  const queue: Step[] = [{ value, flow: storedFlow(shape) }];
  const seen = new Set<Value>([value]);
  const purposes: Purpose[] = [];
  const others = new Set<string>();
  let isKnown = true;
  let quantised = false;
  let steps = 0;
  search: for (const { value: at, flow, call } of queue) {
    for (const used of at.uses) {
      if (++steps > maxSteps) {
        isKnown = false;
        break search;
      }
      const use = inCall(used, call);
      const operand: Operand = { ...use, sizes: flow.axes?.map(({ size }) => size) };
      const found = used.scope.bodies.has(used.node) ? undefined : inputUse(operand);
      if (found) {
        quantised ||= found.quantised === true;
        purposes.push(purposeOf(found, operand, flow, shape));
        continue;
      }
      const followed = [...nextOf(use, flow, used.scope.bodies.get(used.node), call)];
      if (followed.length === 0) {
        isKnown &&= isDecided(used);
        others.add(use.node.opType);
      }
      for (const next of followed) {
        quantised ||= next.flow.quantised;
        if (seen.has(next.value) || queue.length > maxSteps) continue;
        seen.add(next.value);
        queue.push(next);
      }
    }
  }
  const declared = purposes.length > 0 ? chosen(purposes) : isKnown ? noLayer(others) : undefined;
  return { ...(declared ? { declared } : {}), quantised };
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
  const first = purposes.find(({ kind }) => layerKinds.has(kind)) ?? purposes[0]!;
  const { opType: _, ...declared } = table && product ? table : first;
  return table && product ? { ...declared, because: `${table.because}, and by ${product.opType}` } : declared;
}

/** Operators that are known to have no weights there are all that uses it. */
function noLayer(operators: ReadonlySet<string>): Declared | undefined {
  const [first] = operators;
  return first === undefined ? undefined : { kind: 'parameter', because: `used by ${first}` };
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
function inCall(use: Use, call: NodeRecord | undefined): Use {
  if (!call) return use;
  return { ...use, node: nodeInCall(use.node, functionOf(use.scope), call) };
}

function functionOf(scope: Scope): GraphRecord {
  let at = scope;
  while (at.outer) at = at.outer;
  return at.graph;
}

/**
 * Where a value goes on under another name: a node's results, or the inputs of its bodies.
 * @param call the node that called the function that the use stands in
 */
function* nextOf(use: Use, flow: Flow, bodies: readonly Scope[] | undefined, call?: NodeRecord): Generator<Step> {
  const { node, input, scope } = use;
  if (bodies) {
    for (const body of bodies) {
      const name = body.graph.inputs[input];
      if (name === undefined) continue;
      // Bodies of a node see what is around them; a function's body stands alone.
      yield { value: lookUp(body, name), flow: flowInto(body, node, input, flow), call: body.outer ? call : node };
    }
    return;
  }
  if (!isKnownDomain(node.domain)) return;
  const behind = passThrough(node, input, flow, (other) => besides({ node, scope }, other));
  if (!behind) return;
  for (const name of node.outputs) {
    if (name !== '') yield { value: lookUp(scope, name), flow: behind, call };
  }
}

/** Scan hands its body slices of what it walks along, and its states as they are. */
function flowInto(body: Scope, node: NodeRecord, input: number, flow: Flow): Flow {
  if (node.opType !== 'Scan') return flow;
  const walked = intOf(node, 'num_scan_inputs', 0) ?? 0;
  const first = node.inputs.length - walked;
  // Opset 8 had one more input, and batches.
  if (walked === 0 || body.graph.inputs.length !== node.inputs.length) return rearranged(flow);
  if (input < first) return flow;
  return slicedAlong(flow, node.attributes.get('scan_input_axes')?.ints[input - first] ?? 0);
}
