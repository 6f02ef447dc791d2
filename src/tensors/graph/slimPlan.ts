/**
 * What becomes of a graph whose chosen channels go: kept indices by tensor and axis, and what its nodes say otherwise then. A small
 * document: it can be replayed on another checkpoint of the same graph, and derives nothing there. Written the same way every time, read
 * with every field checked.
 */
import { CheckpointError } from '../../lib/errors';

export const planFormat = 'secateur-slim-plan';
export const planVersion = 1;

export interface SlimPlan {
  readonly format: typeof planFormat;
  readonly version: typeof planVersion;
  /** How many nodes the main graph has. */
  readonly nodes: number;
  readonly tensors: readonly PlannedTensor[];
  readonly adjustments: readonly Adjustment[];
  /** Values of the graph that get another shape. */
  readonly reshaped: readonly string[];
  /** Absent: none. */
  readonly constants?: readonly RewrittenConstant[];
}

export interface PlannedTensor {
  /** As the graph names it. */
  readonly name: string;
  /** Before. */
  readonly shape: readonly number[];
  /** The inputs of nodes that read it so; others may keep other indices of the same tensor. */
  readonly uses: readonly PlannedUse[];
  readonly axes: readonly KeptAxis[];
  /** Zeros in their place would not be the same as their removal: a divisor, a mean. */
  readonly neverZeroed?: true;
}

export interface PlannedUse {
  /** Position of the node in the main graph. */
  readonly node: number;
  readonly input: number;
}

export interface KeptAxis {
  readonly axis: number;
  /** Ascending; all of them in another order where channels only change places. */
  readonly kept: readonly number[];
}

/** What a smaller graph says otherwise than the one that it was made of. */
export type Adjustment =
  /** An input of a node is a list of integers, or one of them alone. */
  | (PlannedUse & { readonly kind: 'input'; readonly ints: readonly number[]; readonly scalar?: true })
  /** An attribute has other integers. */
  | { readonly kind: 'ints'; readonly node: number; readonly attribute: string; readonly ints: readonly number[] }
  | { readonly kind: 'int'; readonly node: number; readonly attribute: string; readonly int: number }
  /** An attribute is left out. */
  | { readonly kind: 'without'; readonly node: number; readonly attribute: string };

/** A bias that takes up what channels gave that are gone, whatever went into them. The node may have had none. */
export interface RewrittenConstant extends PlannedUse {
  /** In f32, for every channel that there was. */
  readonly values: readonly number[];
  /** Absent: all of them. */
  readonly kept?: readonly number[];
}

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
  return readPlan('', source);
}

/** @param at where it stands in a document, for errors @throws as `parsePlan` does */
export function readPlan(at: string, source: unknown): SlimPlan {
  const path = (field: string) => (at === '' ? field : `${at}.${field}`);
  // Later versions may have other fields.
  const { format, version } = typeof source === 'object' && source !== null ? (source as Partial<SlimPlan>) : {};
  if (format !== planFormat) throw refusal(path('format'), `"${planFormat}"`);
  if (version !== planVersion) throw refusal(path('version'), `${planVersion}, the only one that is known`);
  const plan = object(at, source, ['format', 'version', 'nodes', 'tensors', 'adjustments', 'reshaped', 'constants']);
  return {
    format: planFormat,
    version: planVersion,
    nodes: whole(path('nodes'), plan.nodes),
    tensors: list(path('tensors'), plan.tensors, tensor),
    adjustments: list(path('adjustments'), plan.adjustments, adjustment),
    reshaped: list(path('reshaped'), plan.reshaped, name),
    ...(plan.constants !== undefined && { constants: list(path('constants'), plan.constants, rewritten) }),
  };
}

function tensor(path: string, value: unknown): PlannedTensor {
  const fields = object(path, value, ['name', 'shape', 'uses', 'axes', 'neverZeroed']);
  const shape = list(`${path}.shape`, fields.shape, whole);
  const axes = list(`${path}.axes`, fields.axes, (at, each): KeptAxis => {
    const { axis, kept } = object(at, each, ['axis', 'kept']);
    const size = shape[whole(`${at}.axis`, axis)];
    if (size === undefined) throw refusal(`${at}.axis`, `an axis of ${shape.length}`);
    return { axis: whole(`${at}.axis`, axis), kept: indices(`${at}.kept`, kept, size) };
  });
  if (axes.length === 0 || new Set(axes.map(({ axis }) => axis)).size < axes.length) {
    throw refusal(`${path}.axes`, 'at least one axis, each once');
  }
  const uses = list(`${path}.uses`, fields.uses, (at, each) => use(at, object(at, each, ['node', 'input'])));
  if (fields.neverZeroed !== undefined && fields.neverZeroed !== true) throw refusal(`${path}.neverZeroed`, 'true');
  return {
    name: name(`${path}.name`, fields.name),
    shape,
    uses,
    axes,
    ...(fields.neverZeroed === true ? { neverZeroed: true } : {}),
  };
}

/** Some of so many, ascending. */
function indices(path: string, value: unknown, size: number): number[] {
  const read = list(path, value, whole);
  const isRising = read.every((index, i) => index > (read[i - 1] ?? -1));
  if (read.length > 0 && isRising && (read.at(-1) ?? 0) < size) return read;
  throw refusal(path, `some of the indices 0 to ${size - 1}, ascending`);
}

function use(path: string, { node, input }: { readonly node?: unknown; readonly input?: unknown }): PlannedUse {
  return { node: whole(`${path}.node`, node), input: whole(`${path}.input`, input) };
}

function rewritten(path: string, value: unknown): RewrittenConstant {
  const fields = object(path, value, ['node', 'input', 'values', 'kept']);
  const values = list(`${path}.values`, fields.values, (at, each) => {
    if (typeof each !== 'number' || Math.fround(each) !== each) throw refusal(at, 'a number in f32');
    return each;
  });
  const { kept } = fields;
  return {
    ...use(path, fields),
    values,
    ...(kept !== undefined && { kept: indices(`${path}.kept`, kept, values.length) }),
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
      const record = path ? `${path}.${key}` : key;
      throw new CheckpointError('invalid-recipe', `The plan has a field ${record}, which is not known.`, { record });
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
  return new CheckpointError('invalid-recipe', `In the plan ${path || 'it'} should be ${expected}.`, { record: path });
}
