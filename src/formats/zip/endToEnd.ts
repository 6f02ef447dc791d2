/** Tells archives that stand one behind the other, each whole, as torch.distributed's checkpoints have them. */
import type { ByteSource } from '../../lib/source';
import {
  end64Length,
  end64Signature,
  endLength,
  endSignature,
  locatorLength,
  locatorSignature,
  maxCommentLength,
} from './endRecord';

const localSignature = 0x04034b50;

/**
 * Whether the archive that ends the file begins behind another's end record: its directory and its first entry are
 * found where they are if its offsets count from there. Never throws for what a file holds.
 */
export async function standEndToEnd(source: ByteSource): Promise<boolean> {
  const tailStart = Math.max(0, source.size - endLength - maxCommentLength - locatorLength - end64Length);
  const bytes = await source.read(tailStart, source.size - tailStart);
  const tail = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = tail.byteLength - endLength;
  while (at >= 0 && tail.getUint32(at, true) !== endSignature) at--;
  if (at < 0) return false;
  let size = tail.getUint32(at + 12, true);
  let start = tail.getUint32(at + 16, true);
  let directoryEnd = at;
  const end64 = at - locatorLength - end64Length;
  if (end64 >= 0 && tail.getUint32(at - locatorLength, true) === locatorSignature) {
    if (tail.getUint32(end64, true) !== end64Signature) return false;
    size = Number(tail.getBigUint64(end64 + 40, true));
    start = Number(tail.getBigUint64(end64 + 48, true));
    directoryEnd = end64;
  }
  const begins = tailStart + directoryEnd - size - start;
  if (begins < endLength) return false;
  const seam = await source.read(begins - endLength, endLength + 4);
  const view = new DataView(seam.buffer, seam.byteOffset, seam.byteLength);
  return view.getUint32(0, true) === endSignature && view.getUint32(endLength, true) === localSignature;
}
