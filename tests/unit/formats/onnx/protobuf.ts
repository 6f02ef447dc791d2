/** Protobuf by hand: models that no library writes. */

/** A model around the fields of its one tensor. */
export function modelWith(...tensorFields: readonly Uint8Array[]): Uint8Array {
  return model(record(7, record(5, ...tensorFields)));
}

/** IR version 10, then the fields. */
export function model(...fields: readonly Uint8Array[]): Uint8Array {
  return concat(number(1, 10), ...fields);
}

export function varint(value: number | bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

export function tag(field: number, wireType: number): Uint8Array {
  return varint(field * 8 + wireType);
}

export function number(field: number, value: number | bigint): Uint8Array {
  return concat(tag(field, 0), varint(value));
}

export function record(field: number, ...content: readonly Uint8Array[]): Uint8Array {
  const payload = concat(...content);
  return concat(tag(field, 2), varint(payload.length), payload);
}

export function text(field: number, value: string): Uint8Array {
  return record(field, new TextEncoder().encode(value));
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let position = 0;
  for (const part of parts) {
    bytes.set(part, position);
    position += part.length;
  }
  return bytes;
}
