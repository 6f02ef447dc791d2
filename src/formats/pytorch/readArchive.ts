/** The entries of a file of torch.save; several such files in one are named. */
import type { ErrorContext } from '../../lib/errors';
import type { ByteSource } from '../../lib/source';
import { joinShards } from '../wrongFiles/advice';
import type { Recognition } from '../wrongFiles/row';
import { wrongFile } from '../wrongFiles/wrongFile';
import { readZip } from '../zip/directory';
import { standEndToEnd } from '../zip/endToEnd';
import type { ZipEntry } from '../zip/entry';

const several: Recognition = {
  what: 'a file of several archives of torch.save, as the shards of a torch.distributed checkpoint are',
  advice: joinShards,
};

/** @throws CheckpointError what `readZip` throws; `unrecognised-file` for archives that stand one behind the other */
export async function readArchive(source: ByteSource, context: ErrorContext): Promise<ZipEntry[]> {
  try {
    return await readZip(source, context);
  } catch (thrown) {
    if (await standEndToEnd(source)) throw wrongFile(several, context.file ?? '');
    throw thrown;
  }
}
