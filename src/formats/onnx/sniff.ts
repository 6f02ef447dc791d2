/** Tells an ONNX model from its first bytes: protobuf has no magic number, so every field must be one of ModelProto's. */

import { longestVarint, varintAt, varintLength } from '../protobuf/wire';

/** The fields of ModelProto by number (onnx.proto, IR version 14), and what they hold. */
const modelFields: ReadonlyMap<number, 'int' | 'text' | 'message'> = new Map([
  [1, 'int'],
  [2, 'text'],
  [3, 'text'],
  [4, 'text'],
  [5, 'int'],
  [6, 'text'],
  [7, 'message'],
  [8, 'message'],
  [14, 'message'],
  [20, 'message'],
  [25, 'message'],
  [26, 'message'],
]);
const wireTypeOf = { int: 0, text: 2, message: 2 } as const;
const irVersion = 1;
const graph = 7;
/** Tags of GraphProto's fields up to the first initializer: node, name, initializer. */
const graphBegins: readonly number[] = [0x0a, 0x12, 0x2a];

/**
 * Walks the fields of ModelProto that `head` holds: each must have a known number, its wire type and a length within
 * the file; texts must be text (TensorFlow's SavedModel has a message in the place of ONNX's producer name). The file
 * must say its IR version, which onnx.proto demands, or at least show its graph.
 */
export function looksLikeModel(head: Uint8Array, size: number): boolean {
  let position = 0;
  let convinced = false;
  const varint = (): number | undefined => {
    const length = varintLength(head, position, position + longestVarint);
    position += length;
    return length === 0 ? undefined : varintAt(head, position - length, length);
  };
  while (position < head.length) {
    const tag = varint();
    if (tag === undefined) return convinced;
    const number = Math.floor(tag / 8);
    const type = modelFields.get(number);
    if (type === undefined || tag % 8 !== wireTypeOf[type]) return false;
    const value = varint();
    if (value === undefined) return convinced;
    if (type === 'int') {
      if (number === irVersion && (value < 1 || value > 255)) return false;
      convinced ||= number === irVersion;
      continue;
    }
    if (type === 'text' && !isText(head.subarray(position, position + value))) return false;
    if (number === graph) return convinced || graphBegins.includes(head[position] ?? 0);
    position += value;
    if (position > size) return convinced;
  }
  return convinced;
}

function isText(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d);
}
