/** Where files that are written go on disk: never onto those they are made of. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CheckpointError } from '../../lib/errors';
import type { OpenSink } from '../../lib/sink';
import { FileSink } from './fileSink';

/**
 * @param destination a file, or a folder: there, under the names that exports have
 * @param files how many may be written
 * @param originals what they are made of
 * @throws CheckpointError `write-failed`
 */
export async function sinksAt(
  destination: string,
  files: number,
  originals: readonly string[],
): Promise<OpenSink<string>> {
  const isFolder = (await statOf(destination))?.isDirectory() ?? false;
  if (!isFolder && files > 1) {
    throw new CheckpointError('write-failed', `${destination} is no folder.`, {
      advice: 'A checkpoint of several files is written into one.',
    });
  }
  return async (name) => {
    const path = isFolder ? join(destination, name) : destination;
    const there = await statOf(path);
    for (const original of originals) {
      const its = await statOf(original);
      if (!there || its?.ino !== there.ino || its.dev !== there.dev) continue;
      throw new CheckpointError('write-failed', `${path} is the original, which is needed as it is.`, {
        advice: 'Choose another place.',
      });
    }
    return FileSink.open(path);
  };
}

function statOf(path: string) {
  return stat(path).catch(() => undefined);
}
