/** The fields of a message that is in memory and has been read before: nothing is checked again. */
import { varintAt, varintLength, wireTypes } from './wire';

/** `[begin, end)` with tag and length, `[start, end)` without. */
export interface FoundField {
  readonly number: number;
  readonly begin: number;
  readonly start: number;
  readonly end: number;
}

export function* fieldsIn(bytes: Uint8Array, from: number, to: number): Generator<FoundField> {
  for (let position = from; position < to; ) {
    const begin = position;
    const tag = varint(bytes, position, to);
    position += tag.length;
    const wireType = tag.value % 8;
    let length = wireType === wireTypes.fixed64 ? 8 : 4;
    if (wireType === wireTypes.varint) length = varintLength(bytes, position, to);
    if (wireType === wireTypes.bytes) {
      const given = varint(bytes, position, to);
      position += given.length;
      length = given.value;
    }
    yield { number: Math.floor(tag.value / 8), begin, start: position, end: position + length };
    position += length;
  }
}

function varint(bytes: Uint8Array, start: number, end: number): { readonly value: number; readonly length: number } {
  const length = Math.max(1, varintLength(bytes, start, end));
  return { value: varintAt(bytes, start, length), length };
}
