/** NumPy's archives: a zip (stored or deflated) of `.npy` files, each named for its array. */
import { readContent } from '../../formats/zip/content';
import { readZip } from '../../formats/zip/directory';
import { blobSource } from '../../lib/browser/blobSource';
import { crc32 } from '../../lib/crc32';
import { malformed } from '../../lib/errors';
import type { Values } from '../values';
import { parseNpy } from './npy';

/** @throws CheckpointError `malformed-file`, also where a checksum does not hold; `unsupported-feature` */
export async function readNpz(file: Blob, fileName: string): Promise<Map<string, Values>> {
  const context = { file: fileName, format: 'npz' };
  const source = blobSource(file);
  const arrays = new Map<string, Values>();
  for (const entry of await readZip(source, context)) {
    if (!entry.name.endsWith('.npy')) continue;
    const content = await readContent(source, entry, context);
    if (crc32(content) !== entry.crc) {
      throw malformed(`${entry.name} in ${fileName} is damaged: its checksum does not hold.`, {
        ...context,
        record: entry.name,
        offset: entry.range.start,
      });
    }
    const bytes = content as Uint8Array<ArrayBuffer>;
    arrays.set(entry.name.replace(/\.npy$/, ''), parseNpy(bytes, `${fileName}: ${entry.name}`));
  }
  if (arrays.size === 0) throw malformed(`No arrays are in ${fileName}.`, context);
  return arrays;
}
