/** Where the elements of a model's tensors lie: in the model, or in the files beside it. */
import type { ErrorContext } from '../../lib/errors';
import { at } from '../../lib/known';
import type { Part } from '../../lib/parts';
import { bitsOf } from '../../tensors/dtype';
import { numelOf } from '../../tensors/tensor';
import type { Digest } from '../format';
import { ExternalFiles, laidOut } from './external';
import { type Place, placeOf } from './place';
import { checkedShape, dtypeOf, isExternal, type TensorRecord } from './tensorProto';

interface Placeable {
  /** For errors. */
  readonly name: string;
  readonly tensor: TensorRecord;
  readonly shape: readonly number[];
  /** Why it is not even looked for. */
  readonly readOnly?: string;
}

/** With where its elements begin in the storage, in elements; 0 where that is not said. */
type Laid = Place & { readonly offset?: number };

const digestReason = 'codes in a file with a SHA-1 checksum, which Secateur does not follow for them';
const acrossReason = 'its bytes begin within an element of another tensor';

/**
 * Tensors in other files that share bytes are in one storage.
 * @throws CheckpointError `malformed-file` for impossible shapes and places
 */
export function placesOf(
  tensors: readonly Placeable[],
  beside: readonly Part[],
  context: ErrorContext,
): { readonly places: readonly Laid[]; readonly digests: readonly Digest[] } {
  const records = tensors.map(({ tensor }) => tensor);
  const files = new ExternalFiles(beside, records, context);
  const places = tensors.map(({ name, tensor, shape, readOnly }): Laid => {
    const numel = numelOf(checkedShape(shape, name, context));
    if (readOnly) return { readOnly };
    return isExternal(tensor) ? files.placeOf(tensor, numel, name) : placeOf(tensor, numel, name, context);
  });
  const external = records.flatMap((tensor, i) => {
    const { storage } = at(places, i);
    return storage && isExternal(tensor) ? [{ i, range: at(storage.segments, 0), bits: bitsOf(dtypeOf(tensor)) }] : [];
  });
  laidOut(external).forEach((laid, order) => {
    const { i } = at(external, order);
    places[i] = laid ? { ...places[i], ...laid } : { readOnly: acrossReason };
  });
  const { digests } = files;
  // A digest follows what is patched in the order of the file, and codes are patched after the rest.
  for (const { i, range, bits } of digests.length > 0 ? external : []) {
    const isWithin = digests.some((digest) => digest.range.start <= range.start && range.end <= digest.range.end);
    if (isWithin && bits <= 8) places[i] = { readOnly: digestReason, ...places[i] };
  }
  return { places, digests };
}
