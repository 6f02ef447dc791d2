/**
 * A zip archive by byte range (APPNOTE.TXT): every entry, where its bytes lie, and where its CRC-32 is stored.
 * Strict where readers are known to disagree, so that what is shown here is what every other program finds.
 */
import type { ErrorContext } from '../../lib/errors';
import type { ByteSource } from '../../lib/source';
import { readDirectory } from './centralDirectory';
import { findDirectory } from './endRecord';
import type { ZipEntry } from './entry';
import { locate } from './localHeaders';

/**
 * Entries in the order of the directory.
 * @throws CheckpointError `malformed-file` for archives that break the format or that readers disagree about (duplicate
 *   names, overlapping entries, local headers that contradict the directory); `unsupported-feature` for encryption and
 *   compression other than deflate
 */
export async function readZip(source: ByteSource, context: ErrorContext): Promise<ZipEntry[]> {
  const place = await findDirectory(source, context);
  return locate(source, await readDirectory(source, place, context), place.start, context);
}
