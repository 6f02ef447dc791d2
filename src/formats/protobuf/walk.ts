/** Walks the messages of a protobuf file by tables of fields: an explicit stack, no recursion, nothing materialised. */
import { CheckpointError, type ErrorContext, malformed } from '../../lib/errors';
import type { ByteSource } from '../../lib/source';
import { type Field, longestVarint, WireCursor, wireTypes } from './wire';

/** What to do with a field. Fields without a spec, or with another wire type than theirs, are skipped, as protobuf skips unknown ones. */
export type FieldSpec<State> =
  | { readonly type: 'int'; take(state: State, value: number, field: Field): void }
  /** Varints, packed or not. Of a packed record the first `maxPackedBytes` are read: no list of use is longer. */
  | { readonly type: 'ints'; take(state: State, value: number): void }
  | { readonly type: 'text'; take(state: State, text: string, field: Field): void }
  /** The payload by its place. Its content comes along when it is at most `peek` bytes long. */
  | { readonly type: 'place'; readonly peek?: number; take(state: State, field: Field, content?: Uint8Array): void }
  | { readonly type: 'message'; begin(state: State, field: Field): Message<unknown> };

/** Keeps the last text of a field in a property, as protobuf does with singular fields. */
export function text<Key extends string>(key: Key): FieldSpec<Partial<Record<Key, string>>> {
  return {
    type: 'text',
    take(state, value) {
      state[key] = value;
    },
  };
}

/** Collects the texts of a repeated field. */
export function texts<Key extends string>(key: Key): FieldSpec<Readonly<Record<Key, string[]>>> {
  return {
    type: 'text',
    take(state, value) {
      state[key].push(value);
    },
  };
}

/** Keeps the last number of a field in a property. */
export function int<Key extends string>(key: Key): FieldSpec<Partial<Record<Key, number>>> {
  return {
    type: 'int',
    take(state, value) {
      state[key] = value;
    },
  };
}

/** Collects the numbers of a repeated field, `limit` at most. */
export function ints<Key extends string>(key: Key, limit: number): FieldSpec<Readonly<Record<Key, number[]>>> {
  return {
    type: 'ints',
    take(state, value) {
      if (state[key].length < limit) state[key].push(value);
    },
  };
}

/** Reads a message into what `begin` names. */
export function message<State>(begin: (state: State, field: Field) => Message<unknown>): FieldSpec<State> {
  return { type: 'message', begin };
}

/** A message type: its name in the .proto file, and its fields by their numbers there. */
export interface MessageType<State> {
  readonly name: string;
  readonly fields: ReadonlyMap<number, FieldSpec<State>>;
  /** After the last field. */
  finish?(state: State): void;
}

/** A message to be read, and where its content is collected. */
export interface Message<State> {
  readonly type: MessageType<State>;
  readonly state: State;
}

interface Frame extends Message<unknown> {
  readonly end: number;
}

/** Protobuf's own default limit: parsers refuse deeper messages. */
const maxDepth = 100;
/** No name in a real model comes near; longer ones are cut. */
const maxTextBytes = 4096;
/** A hundred varints of the greatest length. */
const maxPackedBytes = 1000;
/** Nodes, attributes, tensors, …: a graph of 100,000 nodes has half as many. Keeps a small hostile file from filling the memory. */
const maxMessages = 1_000_000;
/** Names of all kinds, likewise. */
const maxTexts = 5_000_000;

/**
 * Reads the message that the whole of `source` is.
 * @throws CheckpointError `malformed-file`, or `unsupported-feature` beyond the limits
 */
export async function walkMessage<State>(
  source: ByteSource,
  root: Message<State>,
  context: ErrorContext,
): Promise<void> {
  const cursor = new WireCursor(source, context);
  const stack: Frame[] = [{ ...(root as Message<unknown>), end: source.size }];
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let messageCount = 0;
  let textCount = 0;
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    const { type, state, end } = frame;
    if (cursor.position >= end) {
      stack.pop();
      type.finish?.(state);
      continue;
    }
    // Only what has to be read is awaited: most heads are in the window already.
    const head = cursor.loadHead(end);
    if (head) await head;
    const field = cursor.field(end, type.name);
    const spec = type.fields.get(field.number);
    const delimited = field.wireType === wireTypes.bytes;

    if (spec?.type === 'message' && delimited) {
      messageCount++;
      assertLimits(messageCount, textCount, stack.length, field.start, context);
      stack.push({ ...spec.begin(state, field), end: field.end });
      continue;
    }
    if (spec?.type === 'place') {
      const peeked = field.end - field.start <= (spec.peek ?? -1);
      if (peeked) await cursor.load(field.end - field.start);
      spec.take(state, field, peeked ? cursor.view(field.end).slice() : undefined);
    } else if (spec?.type === 'text' && delimited) {
      textCount++;
      assertLimits(messageCount, textCount, stack.length, field.start, context);
      const textEnd = Math.min(field.end, field.start + maxTextBytes);
      const content = cursor.load(textEnd - field.start);
      if (content) await content;
      spec.take(state, decoder.decode(cursor.view(textEnd)), field);
    } else if (spec?.type === 'ints' && delimited) {
      await cursor.load(Math.min(field.end - field.start, maxPackedBytes + longestVarint));
      const packedEnd = Math.min(field.end, field.start + maxPackedBytes);
      while (cursor.position < packedEnd) spec.take(state, cursor.varint(field.end, type.name));
    } else if ((spec?.type === 'int' || spec?.type === 'ints') && field.wireType === wireTypes.varint) {
      spec.take(state, field.value, field);
    }
    cursor.position = field.end;
  }
}

function assertLimits(messages: number, texts: number, depth: number, offset: number, context: ErrorContext): void {
  if (depth >= maxDepth) {
    throw malformed(`Messages nest more than ${maxDepth} levels deep at offset ${offset}, which protobuf refuses.`, {
      ...context,
      offset,
    });
  }
  if (messages > maxMessages || texts > maxTexts) {
    const counted = messages > maxMessages ? `${maxMessages} nodes, attributes and tensors` : `${maxTexts} names`;
    throw new CheckpointError('unsupported-feature', `The model has more than ${counted}.`, { ...context, offset });
  }
}
