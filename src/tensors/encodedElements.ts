/** Elements that stand in a file in another form than the one they are read in. */
import type { QuantisedElements } from './quantised/quantised';
import type { VarintElements } from './varintElements';

export type EncodedElements = VarintElements | QuantisedElements;

export function isQuantised(encoded: EncodedElements): encoded is QuantisedElements {
  return 'coding' in encoded;
}
