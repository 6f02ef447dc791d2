/** Many files that changed as one archive of stored entries: browsers ask, or give up, where downloads come by the dozen. */
import { storedZip } from '../../formats/zip/write';
import { at } from '../../lib/known';
import type { ByteSource } from '../../lib/source';
import type { Splice } from '../../lib/splice';
import type { CallContext } from '../callContext';
import { CrcProgress, crcOf } from './checksums';

/** So many are downloaded one by one. */
export const mostDownloads = 8;

/**
 * Nothing is copied: each file is read once, for its checksum.
 * @param files with bytes that can be read as long as the archive is used
 */
export async function partsArchive(
  files: readonly { readonly name: string; readonly source: ByteSource }[],
  context: CallContext,
): Promise<Splice> {
  const progress = new CrcProgress(
    files.map(({ source }) => source.size),
    context,
  );
  const contents = files.map(({ source }): Splice => [{ source, start: 0, end: source.size }]);
  const entries = [];
  for (const [i, { name }] of files.entries()) {
    const content = at(contents, i);
    entries.push({ name, content, crc: await crcOf(content, progress) });
  }
  return storedZip(entries);
}
