/** Protobuf's wire format (https://protobuf.dev/programming-guides/encoding) over bytes in memory: the fields of a message, and new ones. */
import { wireTypes } from '../../formats/protobuf/wire';
import { ByteReader } from '../../lib/byteReader';
import { malformed } from '../../lib/errors';

/** A field of a message, by its place in it. */
export interface WireField {
  readonly number: number;
  /** Where its tag begins, and where it ends. */
  readonly start: number;
  readonly end: number;
  /** The content of a length-delimited field, or the bytes of its number: a view. */
  readonly payload: Uint8Array;
  readonly delimited: boolean;
}

export function fieldsOf(message: Uint8Array): WireField[] {
  const reader = new ByteReader(message, 0, { format: 'ONNX' });
  const fields: WireField[] = [];
  while (reader.remaining > 0) {
    const start = reader.position;
    const tag = varint(reader);
    const payload = payloadOf(reader, tag % 8);
    const delimited = tag % 8 === wireTypes.bytes;
    fields.push({ number: Math.floor(tag / 8), start, end: reader.position, payload, delimited });
  }
  return fields;
}

function payloadOf(reader: ByteReader, wireType: number): Uint8Array {
  const { position } = reader;
  switch (wireType) {
    case wireTypes.varint:
      varint(reader);
      return reader.bytes.subarray(position, reader.position);
    case wireTypes.fixed64:
      return reader.slice(8);
    case wireTypes.fixed32:
      return reader.slice(4);
    case wireTypes.bytes:
      return reader.slice(varint(reader));
    default:
      throw malformed(
        `A protobuf field at offset ${reader.offset} has wire type ${wireType}, which ONNX does not use.`,
      );
  }
}

/** The signed 64-bit numbers of a packed record. */
export function packedInts(payload: Uint8Array): bigint[] {
  const reader = new ByteReader(payload, 0, { format: 'ONNX' });
  const values: bigint[] = [];
  while (reader.remaining > 0) {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = reader.u8();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    values.push(BigInt.asIntN(64, value));
  }
  return values;
}

/** Values above 2^53 lose their last digits: nothing here looks at those. */
function varint(reader: ByteReader): number {
  let value = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = reader.u8();
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return value;
  }
}

/** The text of field `number`, '' where there is none. */
export function textField(message: Uint8Array, number: number): string {
  const field = fieldsOf(message).findLast((each) => each.number === number);
  return field ? new TextDecoder().decode(field.payload) : '';
}

/** @param value a whole number >= 0 */
export function intField(number: number, value: number): Uint8Array {
  return Uint8Array.from([...varintBytes(number * 8 + wireTypes.varint), ...varintBytes(value)]);
}

/** A length-delimited field in parts, its content uncopied. */
export function fieldParts(number: number, content: readonly Uint8Array[]): Uint8Array[] {
  const length = content.reduce((sum, part) => sum + part.length, 0);
  const head = [...varintBytes(number * 8 + wireTypes.bytes), ...varintBytes(length)];
  return [Uint8Array.from(head), ...content];
}

export function bytesField(number: number, ...content: readonly Uint8Array[]): Uint8Array {
  return concatenated(fieldParts(number, content));
}

export function stringField(number: number, text: string): Uint8Array {
  return bytesField(number, new TextEncoder().encode(text));
}

function varintBytes(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  bytes.push(rest);
  return bytes;
}

export function concatenated(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
