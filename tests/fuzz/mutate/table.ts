/** The index of a TensorFlow checkpoint, a table of LevelDB's, whose blocks are damaged under checksums that hold. */
import { crc32c, maskedCrc } from '../../../src/lib/crc32';
import { byteMutations } from './bytes';
import { joined, type Mutation } from './mutation';

const footerBytes = 48;
const magic = [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb];

const block: Mutation = async (bytes, random) => {
  const end = bytes.length - footerBytes;
  if (end < 0 || magic.some((byte, i) => bytes[bytes.length - 8 + i] !== byte)) return undefined;
  // Place and size of the block about blocks, then of the index of blocks.
  const handles: number[] = [];
  for (let at = end; handles.length < 4 && at < bytes.length; ) {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    handles.push(value);
  }
  const [about = 0, , index = 0, indexSize = 0] = handles;
  // Of small tables all else is one block.
  const [start, length] = random.chance(0.7) ? [0, about - 5] : [index, indexSize];
  if (length < 1 || start + length + 5 > end) return undefined;
  const damaged = await random.pick(byteMutations)(bytes.slice(start, start + length), random);
  if (damaged?.length !== length) return undefined;
  const content = joined(damaged, bytes.subarray(start + length, start + length + 1));
  const checksum = new Uint8Array(4);
  new DataView(checksum.buffer).setUint32(0, maskedCrc(crc32c(content)), true);
  return joined(bytes.subarray(0, start), content, checksum, bytes.subarray(start + length + 5));
};

export const tableMutations: readonly Mutation[] = [block, block];
