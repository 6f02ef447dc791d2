/** Compressed weights of files in a browser: inflated into memory, or into the origin-private file system. */
import { blobOf } from '../../lib/browser/blobOf';
import type { ByteSink } from '../../lib/sink';
import type { ByteSource } from '../../lib/source';
import type { CallContext } from '../callContext';
import { inflated } from '../inflating';
import { scratch } from './outputs';

/** @returns files in the place of those given, and what lets go of them; undefined where none is compressed */
export async function inflatedFiles(
  given: readonly { readonly name: string; readonly source: ByteSource; readonly file: File }[],
  context: CallContext,
) {
  const made: ByteSink<ByteSource>[] = [];
  const open = () => {
    const sink = scratch();
    made.push(sink);
    return sink;
  };
  const found = await inflated(given, open, context);
  if (!found) return undefined;
  const files = found.files.map((each, i) => {
    const original = given[i];
    return 'name' in each ? each.file : new File([blobOf(each)], original?.name ?? '');
  });
  return { files, notes: found.notes, letGo: () => Promise.all(made.map((sink) => sink.abort())) };
}
