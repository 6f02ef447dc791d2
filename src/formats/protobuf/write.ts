/** Protobuf's wire format written: fields of messages, spliced of new bytes and of those that other files have. */
import { lengthOf, type Splice } from '../../lib/splice';
import { wireTypes } from './wire';

/** A length-delimited field: a message, a text, packed numbers. */
export function field(number: number, body: Splice): Splice {
  return [head(number, wireTypes.bytes), varint(lengthOf(body)), ...body];
}

export function textField(number: number, text: string): Splice {
  return field(number, [new TextEncoder().encode(text)]);
}

/** A varint field, once for each value. @param values safe integers; negative ones take ten bytes, as int64 does */
export function intFields(number: number, values: readonly number[]): Splice {
  return values.flatMap((value) => [head(number, wireTypes.varint), varint(value)]);
}

function head(number: number, wireType: number): Uint8Array<ArrayBuffer> {
  return varint(number * 8 + wireType);
}

function varint(value: number): Uint8Array<ArrayBuffer> {
  if (value < 0) return negative(value);
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

/** In two's complement. */
function negative(value: number): Uint8Array<ArrayBuffer> {
  const bits = BigInt.asUintN(64, BigInt(value));
  return Uint8Array.from({ length: 10 }, (_, i) => Number((bits >> BigInt(7 * i)) & 0x7fn) | (i < 9 ? 0x80 : 0));
}
