/** Reads tensors of which the file has only what is not zero, as if they lay whole behind its end, and writes what became of that. */
import type { ByteSource } from '../../lib/source';
import { gatherValues, type SparseElements, scatterValues, valuesBetween } from '../../tensors/sparseElements';

/** Bytes `[offset, offset + length)` of the addresses. */
export async function readSparse(
  source: ByteSource,
  sparse: SparseElements,
  offset: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const from = offset - sparse.addresses.start;
  const first = Math.floor(from / sparse.width);
  const last = Math.ceil((from + length) / sparse.width);
  const { start, end, value } = valuesBetween(sparse, first, last);
  const elements = new Uint8Array((last - first) * sparse.width);
  const values = await source.read(start, end - start);
  scatterValues(sparse, values, value, elements, first);
  source.recycle?.(values);
  const skipped = from - first * sparse.width;
  return skipped === 0 && elements.length === length ? elements : elements.slice(skipped, skipped + length);
}

/** @param bytes of addresses from `offset` on, whole elements, zero where the file has none */
export function sparsePatch(sparse: SparseElements, offset: number, bytes: Uint8Array) {
  const first = (offset - sparse.addresses.start) / sparse.width;
  const { start, end, value } = valuesBetween(sparse, first, first + bytes.length / sparse.width);
  const values = new Uint8Array(end - start);
  gatherValues(sparse, values, value, bytes, first);
  return { offset: start, bytes: values };
}
