/** Varints of tables: as protobuf's, of at most 64 bits. */
import type { ByteReader } from '../../lib/byteReader';
import { malformed } from '../../lib/errors';

const longest = 10;

/** @throws CheckpointError `malformed-file` where it has no end, or is no number that JavaScript counts with */
export function varintOf(reader: ByteReader): number {
  const { offset } = reader;
  let value = 0;
  for (let i = 0, scale = 1; i < longest; i++, scale *= 128) {
    const byte = reader.u8();
    value += (byte & 0x7f) * scale;
    if (byte >= 0x80) continue;
    if (Number.isSafeInteger(value)) return value;
    break;
  }
  throw malformed(`The number at offset ${offset} is none of the table's.`, { ...reader.context, offset });
}
