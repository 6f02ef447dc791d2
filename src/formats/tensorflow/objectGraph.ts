/**
 * The objects that a checkpoint was made of (tensorflow/core/protobuf/trackable_object_graph.proto), which TensorFlow 2 keeps in it as a
 * text: what its variables are called by the program, and which of them only an optimizer has. A key is the first path that was
 * found, which may lead over the optimizer of a model to the model's own weights.
 */
import { ByteReader } from '../../lib/byteReader';
import { CheckpointError, type ErrorContext } from '../../lib/errors';
import type { ByteSource } from '../../lib/source';
import { type FieldSpec, int, type MessageType, message, text, walkMessage } from '../protobuf/walk';
import type { BundleEntry } from './bundle';
import { varintOf } from './varint';

export const graphKey = '_CHECKPOINTABLE_OBJECT_GRAPH';

export interface Variable {
  /** As the program calls it: `conv2d/kernel`. May be empty. */
  readonly fullName: string;
  /** Only reached over an optimizer. */
  readonly isState: boolean;
  /** In the order of the objects. */
  readonly place: number;
}

/** Of the text, which has a few hundred bytes an object. */
const mostBytes = 256 * 2 ** 20;
const optimizer = /(^|_)optimi[sz]ers?(_|\d|$)/i;

interface Attribute {
  full?: string;
  key?: string;
}
interface Child {
  node?: number;
  name?: string;
}
interface Node {
  readonly children: Child[];
  readonly attributes: Attribute[];
}

const childType: MessageType<Child> = {
  name: 'ObjectReference',
  fields: new Map<number, FieldSpec<Child>>([
    [1, int('node')],
    [2, text('name')],
  ]),
};
const attributeType: MessageType<Attribute> = {
  name: 'SerializedTensor',
  fields: new Map<number, FieldSpec<Attribute>>([
    [2, text('full')],
    [3, text('key')],
  ]),
};
const nodeType: MessageType<Node> = {
  name: 'TrackableObject',
  fields: new Map<number, FieldSpec<Node>>([
    [1, message(({ children }: Node) => ({ type: childType, state: added<Child>(children, {}) }))],
    [2, message(({ attributes }: Node) => ({ type: attributeType, state: added<Attribute>(attributes, {}) }))],
  ]),
};
const graphType: MessageType<Node[]> = {
  name: 'TrackableObjectGraph',
  fields: new Map([
    [1, message((nodes: Node[]) => ({ type: nodeType, state: added(nodes, { children: [], attributes: [] }) }))],
  ]),
};

function added<Value>(list: Value[], value: Value): Value {
  list.push(value);
  return value;
}

/**
 * By key. Empty where the text cannot be read: nothing but names depends on it.
 * @param file the one that the entry's bytes are in
 */
export async function variablesOf(
  file: ByteSource,
  { offset, size }: BundleEntry,
  context: ErrorContext,
): Promise<Map<string, Variable>> {
  const variables = new Map<string, Variable>();
  if (size > mostBytes || offset + size > file.size) return variables;
  const nodes: Node[] = [];
  try {
    const graph = await graphIn(file, offset, size, context);
    await walkMessage(graph, { type: graphType, state: nodes }, context);
  } catch (thrown) {
    if (thrown instanceof CheckpointError && thrown.code !== 'file-unreadable') return variables;
    throw thrown;
  }
  const own = reached(nodes);
  nodes.forEach(({ attributes }, place) => {
    for (const { key, full = '' } of attributes) {
      if (key === undefined || variables.has(key)) continue;
      const isState = !own.has(place) || key.includes('/.OPTIMIZER_SLOT/');
      variables.set(key, { fullName: full, isState, place });
    }
  });
  return variables;
}

/** A tensor of one text: its length, the CRC of that, and itself. */
async function graphIn(file: ByteSource, offset: number, size: number, context: ErrorContext): Promise<ByteSource> {
  const bytes = await file.read(offset, size);
  const reader = new ByteReader(bytes, offset, context);
  const length = varintOf(reader);
  reader.skip(4);
  const start = offset + reader.position;
  reader.skip(length);
  return { size: length, read: (at, count) => file.read(start + at, count) };
}

/** Objects that are parts of the first one without an optimizer between. */
function reached(nodes: readonly Node[]): Set<number> {
  const own = new Set([0]);
  // A Set grows while it is walked, and the walk goes on into what was added.
  for (const place of own) {
    for (const { node = 0, name = '' } of nodes[place]?.children ?? []) if (!optimizer.test(name)) own.add(node);
  }
  return own;
}
