/** Elements that stand in a file in another form than the one they are read in. */
import type { QuantisedElements } from './quantised/quantised';
import type { SparseElements } from './sparseElements';
import type { VarintElements } from './varintElements';

export type EncodedElements = VarintElements | QuantisedElements | SparseElements;

export function isQuantised(encoded: EncodedElements): encoded is QuantisedElements {
  return 'coding' in encoded;
}

export function isSparse(encoded: EncodedElements): encoded is SparseElements {
  return 'places' in encoded;
}
