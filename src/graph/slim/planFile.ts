/** Plans as JSON: written the same way every time, read with every field checked, and held against the graph that they are for. */
import { CheckpointError } from '../../lib/errors';
import type { Graph } from '../../tensors/graph/graph';
import type { Adjustment } from './adjustments';
import { type KeptAxis, type PlannedTensor, planFormat, planVersion, type SlimPlan } from './plan';
import { constantsOf } from './shapes';

export function formatPlan(plan: SlimPlan): string {
  return `${JSON.stringify(plan)}\n`;
}

/** @throws CheckpointError `invalid-recipe`, naming the field by its path; unknown fields are refused, as they might change what is meant */
export function parsePlan(text: string): SlimPlan {
  let source: unknown;
  try {
    source = JSON.parse(text);
  } catch (cause) {
    throw new CheckpointError('invalid-recipe', `The plan is not JSON: ${String(cause)}.`, {}, { cause });
  }
  const plan = object('', source, ['format', 'version', 'nodes', 'tensors', 'adjustments', 'reshaped']);
  if (plan.format !== planFormat) throw refusal('format', `"${planFormat}"`);
  if (plan.version !== planVersion) throw refusal('version', `${planVersion}, the only one that is known`);
  return {
    format: planFormat,
    version: planVersion,
    nodes: whole('nodes', plan.nodes),
    tensors: list('tensors', plan.tensors, tensor),
    adjustments: list('adjustments', plan.adjustments, adjustment),
    reshaped: list('reshaped', plan.reshaped, name),
  };
}

/**
 * @throws CheckpointError `invalid-recipe` where a plan was made for another graph: other nodes, other tensors, other shapes
 */
export function assertFits({ nodes, tensors, adjustments }: SlimPlan, graph: Graph): void {
  const refuse = (fault: string) =>
    new CheckpointError('invalid-recipe', `The plan is for another graph: ${fault}.`, {
      advice: 'A plan can be used on checkpoints of the model that it was made of.',
    });
  if (graph.nodes.length !== nodes) throw refuse(`it has ${nodes} nodes, this one has ${graph.nodes.length}`);
  const stored = new Map(constantsOf(graph).map(({ name: own, shape }) => [own, shape]));
  for (const { name: own, shape, uses } of tensors) {
    const here = stored.get(own);
    if (!here) throw refuse(`it has a tensor ${own}`);
    if (here.join() !== shape.join())
      throw refuse(`${own} is [${shape.join(', ')}] there and [${here.join(', ')}] here`);
    for (const { node, input } of uses) {
      if (!graph.nodes[node]?.inputs[input]) throw refuse(`its node ${node} reads ${own}`);
    }
  }
  for (const { node } of adjustments) if (!graph.nodes[node]) throw refuse(`it has a node ${node}`);
}

function tensor(path: string, value: unknown): PlannedTensor {
  const fields = object(path, value, ['name', 'shape', 'uses', 'axes', 'neverZeroed']);
  const shape = list(`${path}.shape`, fields.shape, whole);
  const axes = list(`${path}.axes`, fields.axes, (at, each): KeptAxis => {
    const { axis, kept } = object(at, each, ['axis', 'kept']);
    const size = shape[whole(`${at}.axis`, axis)];
    const indices = list(`${at}.kept`, kept, whole);
    const isRising = indices.every((index, i) => index > (indices[i - 1] ?? -1));
    if (size === undefined) throw refusal(`${at}.axis`, `an axis of ${shape.length}`);
    if (indices.length === 0 || !isRising || (indices.at(-1) ?? 0) >= size) {
      throw refusal(`${at}.kept`, `some of the indices 0 to ${size - 1}, ascending`);
    }
    return { axis: whole(`${at}.axis`, axis), kept: indices };
  });
  if (axes.length === 0 || new Set(axes.map(({ axis }) => axis)).size < axes.length) {
    throw refusal(`${path}.axes`, 'at least one axis, each once');
  }
  const uses = list(`${path}.uses`, fields.uses, (at, each) => {
    const { node, input } = object(at, each, ['node', 'input']);
    return { node: whole(`${at}.node`, node), input: whole(`${at}.input`, input) };
  });
  if (fields.neverZeroed !== undefined && fields.neverZeroed !== true) throw refusal(`${path}.neverZeroed`, 'true');
  return {
    name: name(`${path}.name`, fields.name),
    shape,
    uses,
    axes,
    ...(fields.neverZeroed === true ? { neverZeroed: true } : {}),
  };
}

function adjustment(path: string, value: unknown): Adjustment {
  const fields = object(path, value, ['kind', 'node', 'input', 'attribute', 'int', 'ints', 'scalar']);
  const { kind } = fields;
  const node = whole(`${path}.node`, fields.node);
  const integers = () => list(`${path}.ints`, fields.ints, integer);
  const attribute = () => name(`${path}.attribute`, fields.attribute);
  switch (kind) {
    case 'input': {
      const input = whole(`${path}.input`, fields.input);
      if (fields.scalar !== undefined && fields.scalar !== true) throw refusal(`${path}.scalar`, 'true');
      return { kind, node, input, ints: integers(), ...(fields.scalar === true ? { scalar: true } : {}) };
    }
    case 'ints':
      return { kind, node, attribute: attribute(), ints: integers() };
    case 'int':
      return { kind, node, attribute: attribute(), int: integer(`${path}.int`, fields.int) };
    case 'without':
      return { kind, node, attribute: attribute() };
    default:
      throw refusal(`${path}.kind`, '"input", "ints", "int" or "without"');
  }
}

/** Its fields; others than those named are refused. */
function object<Name extends string>(
  path: string,
  value: unknown,
  names: readonly Name[],
): Partial<Record<Name, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refusal(path, 'an object');
  for (const key of Object.keys(value)) {
    if (!(names as readonly string[]).includes(key)) {
      throw new CheckpointError(
        'invalid-recipe',
        `The plan has a field ${path ? `${path}.` : ''}${key}, which is not known.`,
      );
    }
  }
  return value;
}

function list<Entry>(path: string, value: unknown, read: (path: string, value: unknown) => Entry): Entry[] {
  if (!Array.isArray(value)) throw refusal(path, 'a list');
  return value.map((each, i) => read(`${path}[${i}]`, each));
}

function integer(path: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw refusal(path, 'a whole number');
  return value;
}

function whole(path: string, value: unknown): number {
  const read = integer(path, value);
  if (read < 0) throw refusal(path, 'a whole number, not negative');
  return read;
}

function name(path: string, value: unknown): string {
  if (typeof value !== 'string') throw refusal(path, 'a name');
  return value;
}

function refusal(path: string, expected: string): CheckpointError {
  return new CheckpointError('invalid-recipe', `In the plan ${path || 'it'} should be ${expected}.`);
}
