/** Snappy's raw format (https://github.com/google/snappy/blob/main/format_description.txt), read. */
import type { ByteReader } from '../../lib/byteReader';
import { malformed } from '../../lib/errors';
import { varintOf } from './varint';

/** Of one block; TensorFlow's are some 256 KiB. */
const mostBytes = 64 * 2 ** 20;

/** @throws CheckpointError `malformed-file` */
export function unsnapped(reader: ByteReader): Uint8Array {
  const length = varintOf(reader);
  if (length > mostBytes) throw fault(reader, `says it unpacks to ${length} bytes`);
  const unpacked = new Uint8Array(length);
  let at = 0;
  while (reader.remaining > 0) {
    const tag = reader.u8();
    if (tag % 4 === 0) {
      const literal = literalLength(reader, tag >> 2);
      if (literal > length - at) throw fault(reader, 'unpacks to more than it says');
      unpacked.set(reader.slice(literal), at);
      at += literal;
      continue;
    }
    const [count, offset] = copyOf(reader, tag);
    if (offset === 0 || offset > at || count > length - at) throw fault(reader, 'copies from where nothing is');
    // What is copied may be what the copy itself writes: byte by byte.
    for (const end = at + count; at < end; at++) unpacked[at] = unpacked[at - offset] ?? 0;
  }
  if (at !== length) throw fault(reader, `unpacks to ${at} bytes, not to ${length}`);
  return unpacked;
}

function literalLength(reader: ByteReader, code: number): number {
  if (code < 60) return code + 1;
  let length = 0;
  for (let i = 0; i < code - 59; i++) length += reader.u8() * 256 ** i;
  return length + 1;
}

/** Its length and how far back it begins. */
function copyOf(reader: ByteReader, tag: number): [number, number] {
  if (tag % 4 === 1) return [((tag >> 2) & 7) + 4, (tag >> 5) * 256 + reader.u8()];
  return [(tag >> 2) + 1, tag % 4 === 2 ? reader.u16() : reader.u32()];
}

function fault({ context, offset }: ByteReader, what: string) {
  return malformed(`A compressed block of the table ${what}.`, { ...context, offset });
}
