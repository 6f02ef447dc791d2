/** Reads weights that stand in the file as codes and scales, as if they were f32 behind its end, and puts zeros back as codes. */
import { CheckpointError } from '../../lib/errors';
import type { ByteSource } from '../../lib/source';
import { blocksAround, clear, decode, elementBytes, type QuantisedElements } from '../../tensors/quantised/quantised';

/** Bytes `[offset, offset + length)` of the addresses, in the byte order of the file. */
export async function readQuantised(
  source: ByteSource,
  quantised: QuantisedElements,
  offset: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const from = offset - quantised.addresses.start;
  const first = Math.floor(from / elementBytes);
  const last = Math.ceil((from + length) / elementBytes);
  const { start, end, element } = blocksAround(quantised, first, last);
  const codes = await source.read(start, end - start);
  const elements = inFileOrder(decode(quantised, codes, element), quantised);
  source.recycle?.(codes);
  const skipped = from - element * elementBytes;
  return skipped === 0 && elements.length === length ? elements : elements.slice(skipped, skipped + length);
}

/**
 * The bytes of the file that hold elements as they were or zero.
 * @param bytes of addresses from `offset` on, whole elements, in the byte order of the file
 * @throws CheckpointError `internal` where one has become anything else
 */
export async function quantisedPatch(
  source: ByteSource,
  quantised: QuantisedElements,
  offset: number,
  bytes: Uint8Array,
): Promise<{ readonly offset: number; readonly bytes: Uint8Array<ArrayBuffer> }> {
  const first = (offset - quantised.addresses.start) / elementBytes;
  const count = bytes.length / elementBytes;
  const { start, end, element } = blocksAround(quantised, first, first + count);
  const codes = (await source.read(start, end - start)).slice();
  const before = inFileOrder(decode(quantised, codes, element), quantised);
  const [was, is] = [viewOf(before), viewOf(bytes)];
  const littleEndian = quantised.byteOrder === 'little';
  for (let i = 0; i < count; i++) {
    const place = first - element + i;
    const value = is.getFloat32(i * elementBytes, littleEndian);
    const old = was.getFloat32(place * elementBytes, littleEndian);
    if (Object.is(value, old) || (value === 0 && old === 0)) continue;
    if (value !== 0) {
      throw new CheckpointError('internal', 'A quantised weight was to become one that is neither itself nor zero.', {
        offset: start,
      });
    }
    clear(quantised, codes, element, place);
  }
  return { offset: start, bytes: codes };
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

const isLittle = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Floats as the file would have them: what reads them turns them as it turns its own. */
function inFileOrder(
  { buffer, byteLength }: Float32Array<ArrayBuffer>,
  { byteOrder }: QuantisedElements,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(buffer, 0, byteLength);
  if ((byteOrder === 'little') !== isLittle) {
    for (let at = 0; at < bytes.length; at += elementBytes) bytes.subarray(at, at + elementBytes).reverse();
  }
  return bytes;
}
