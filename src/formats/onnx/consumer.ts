/** Finds what a tensor is for: the first operator that uses it as a weight, perhaps after it was rearranged. */
import { type Flow, passThrough, rearranged } from './flow';
import { type InputUse, inputUse } from './operators';
import { lookUp, type Use, type Value } from './scopes';

export interface Consumer {
  /** Absent where no operator is known to use the tensor as a weight. */
  readonly kind?: InputUse['kind'];
  readonly outputAxis?: number;
  /** Its values are quantised ones. */
  readonly quantised: boolean;
}

/** Steps taken per tensor. Real weights are used within a few; a hostile graph could lead every tensor past every node. */
const maxSteps = 64;

/** Breadth first over the value's uses, in the order of nodes. */
export function consumerOf(value: Value, shape: readonly number[]): Consumer {
  const queue: { value: Value; flow: Flow }[] = [
    { value, flow: { shape, origins: shape.map((_, axis) => axis), quantised: false } },
  ];
  const seen = new Set<Value>([value]);
  let steps = 0;
  let quantised = false;
  for (const { value: at, flow } of queue) {
    for (const use of at.uses) {
      if (++steps > maxSteps) return { quantised };
      const found = purposeOf(use, flow);
      if (found) return consumer(found, use, flow);
      for (const next of nextOf(use, flow)) {
        if (++steps > maxSteps) return { quantised };
        quantised ||= next.flow.quantised;
        if (seen.has(next.value)) continue;
        seen.add(next.value);
        queue.push(next);
      }
    }
  }
  return { quantised };
}

/** Nodes with bodies are what their bodies do, whatever they are called. */
function purposeOf({ node, input, scope }: Use, flow: Flow): InputUse | undefined {
  if (scope.bodies.has(node)) return undefined;
  const other = node.inputs[1 - input];
  return inputUse(node, input, flow.origins?.length, other ? lookUp(scope, other).producer : undefined);
}

function consumer(use: InputUse, { node }: Use, flow: Flow): Consumer {
  const rank = flow.origins?.length;
  const axis = rank === undefined ? undefined : use.outputAxis?.(node, rank);
  const outputAxis = axis === undefined ? undefined : flow.origins?.[axis];
  return {
    kind: use.kind,
    ...(outputAxis === undefined ? {} : { outputAxis }),
    quantised: flow.quantised || use.quantised === true,
  };
}

/** Where a value goes on under another name: a node's results, or the inputs of a body. */
function* nextOf({ node, input, scope }: Use, flow: Flow): Generator<{ value: Value; flow: Flow }> {
  const bodies = scope.bodies.get(node);
  if (bodies) {
    // Scan hands its body slices, so that axes shift.
    const inside = node.opType === 'Scan' ? rearranged(flow) : flow;
    for (const body of bodies) {
      const name = body.graph.inputs[input];
      if (name !== undefined) yield { value: lookUp(body, name), flow: inside };
    }
    return;
  }
  const intsOf = (other: number) => {
    const name = node.inputs[other];
    return name ? lookUp(scope, name).ints : undefined;
  };
  const behind = passThrough(node, input, flow, intsOf);
  if (!behind) return;
  for (const name of node.outputs) {
    if (name !== '') yield { value: lookUp(scope, name), flow: behind };
  }
}
