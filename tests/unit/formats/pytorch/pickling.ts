/** Writes pickles opcode by opcode, so that tests can say what no Python would. */

export type Piece = number | string | Uint8Array | readonly number[];

/** Bytes of the pieces: numbers are bytes, strings Latin-1. */
export function bytesOf(...pieces: readonly Piece[]): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  for (const piece of pieces) {
    if (typeof piece === 'number') bytes.push(piece);
    else if (typeof piece === 'string') for (const character of piece) bytes.push(character.charCodeAt(0));
    else for (const byte of piece) bytes.push(byte);
  }
  return new Uint8Array(bytes);
}

export function uint32(value: number): number[] {
  return [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24];
}

export function uint64(value: bigint): number[] {
  return [...uint32(Number(value & 0xffffffffn)), ...uint32(Number(value >> 32n))];
}

/** BINUNICODE. */
export function text(value: string): Uint8Array {
  const utf8 = new TextEncoder().encode(value);
  return bytesOf('X', uint32(utf8.length), utf8);
}

/** GLOBAL. */
export function named(module: string, name: string): Uint8Array {
  return bytesOf(`c${module}\n${name}\n`);
}

/** A 1-D float32 tensor of `numel` elements in the storage `key`. */
export function tensor(key: string, numel: number): Uint8Array {
  return bytesOf(
    named('torch._utils', '_rebuild_tensor_v2'),
    '((',
    text('storage'),
    named('torch', 'FloatStorage'),
    text(key),
    text('cpu'),
    ['J'.charCodeAt(0), ...uint32(numel)],
    'tQK',
    0,
    ['J'.charCodeAt(0), ...uint32(numel)],
    [0x85, 'J'.charCodeAt(0), ...uint32(1), 0x85, 0x89],
    named('collections', 'OrderedDict'),
    ')RtR',
  );
}
