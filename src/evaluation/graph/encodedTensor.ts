/** Whole tensors that stand in a model in another form than the one they are read in. */
import { type EncodedElements, isQuantised, isSparse } from '../../tensors/encodedElements';
import { decode, putNearest } from '../../tensors/quantised/quantised';
import { gatherValues, scatterValues } from '../../tensors/sparseElements';
import { decodeVarints, encodeVarints } from '../../tensors/varintElements';

/** @param stored the bytes in the model @param length of the elements in bytes */
export function decodedTensor(encoding: EncodedElements, stored: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  if (isQuantised(encoding)) return new Uint8Array(decode(encoding, stored, 0).buffer, 0, length);
  const elements = new Uint8Array(length);
  if (isSparse(encoding)) scatterValues(encoding, stored, 0, elements, 0);
  else decodeVarints(stored, 0, elements);
  return elements;
}

/**
 * The bytes for elements: of codes the nearest, of sparse tensors what has a place.
 * @param stored the bytes in the model, which are written over
 * @returns whether they fit: varints take those that need no more bytes, as zeros never do
 */
export function encodeTensor(encoding: EncodedElements, stored: Uint8Array, elements: Uint8Array): boolean {
  if (isQuantised(encoding)) {
    const { buffer, byteOffset, byteLength } = elements.byteOffset % 4 === 0 ? elements : elements.slice();
    putNearest(encoding, stored, new Float32Array(buffer, byteOffset, byteLength / 4));
  } else if (isSparse(encoding)) gatherValues(encoding, stored, 0, elements, 0);
  else return encodeVarints(stored, 0, elements) !== undefined;
  return true;
}
