/** Files that were given, with the weights uncompressed that they hold compressed. */
import type { Note } from '../formats/format';
import { withStoredWeights } from '../formats/zip/inflated';
import { formatBytes } from '../lib/numbers';
import type { ByteSink } from '../lib/sink';
import type { ByteSource } from '../lib/source';
import { lengthOf, type Splice } from '../lib/splice';
import type { CallContext } from './callContext';

export interface Inflated<File> {
  /** In the order given: as it was, or what takes its place. */
  readonly files: readonly (File | Splice)[];
  readonly notes: readonly Note[];
}

/**
 * @param scratch a file that lasts as long as what is made of it
 * @returns undefined where none has to be inflated
 * @throws CheckpointError what `withStoredWeights` throws
 */
export async function inflated<File extends { readonly name: string; readonly source: ByteSource }>(
  given: readonly File[],
  scratch: () => ByteSink<ByteSource>,
  { signal, progress }: CallContext,
): Promise<Inflated<File> | undefined> {
  const files: (File | Splice)[] = [];
  const notes: Note[] = [];
  for (const file of given) {
    const splice = await withStoredWeights(file.source, file.name, {
      scratch,
      signal,
      progress: (done, total) => progress({ stage: 'inflating', done, total }),
    });
    files.push(splice ?? file);
    if (splice) notes.push(noteOn(file, lengthOf(splice)));
  }
  return notes.length > 0 ? { files, notes } : undefined;
}

function noteOn({ name, source }: { readonly name: string; readonly source: ByteSource }, size: number): Note {
  const text = `The weights of ${name} are compressed in it. They were inflated to be read; an export writes them uncompressed: ${formatBytes(size)} in the place of ${formatBytes(source.size)}.`;
  return { severity: 'info', text };
}
