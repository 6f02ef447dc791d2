/** Where files go that a browser's worker writes: to a download, to where the user wants them, or aside for a while. */
import { blobOf } from '../../lib/browser/blobOf';
import { blobSource } from '../../lib/browser/blobSource';
import { StreamSink } from '../../lib/browser/fileStream';
import { CheckpointError } from '../../lib/errors';
import type { ByteSink, OpenSink } from '../../lib/sink';
import type { ByteSource } from '../../lib/source';
import { SplicingSink } from '../../lib/splicingSink';
import type { Destination } from '../protocol';
import { PickedFile, PieceMemory } from './pickedFile';
import { SpillingStore } from './spillingStore';

/** Spliced: slices of the original between what was changed. The files of one download share what is kept in memory. */
export function downloads(store = new SpillingStore()): OpenSink<Blob> {
  return () => new SplicingSink(store, blobOf);
}

/** Into a download that is under way: one file, in order. */
export function streaming(port: MessagePort): OpenSink<undefined> {
  return (_, size = 0) => new StreamSink(port, size);
}

/** For bytes that are read again before an export is done. */
export function scratch(): ByteSink<ByteSource> {
  return new SplicingSink(new SpillingStore(), (splice) => blobSource(blobOf(splice)));
}

/** @throws CheckpointError `write-failed` where a folder has a file of the name: it may be the original */
export function savingTo(destination: Destination): OpenSink<undefined> {
  const memory = new PieceMemory();
  return async (name, size) => {
    if (destination.kind !== 'directory') return savedFile(destination, size, memory);
    const handle = await newFileIn(destination, name);
    return savedFile(handle, size, memory, () => destination.removeEntry(name));
  };
}

async function savedFile(
  handle: FileSystemFileHandle,
  size: number | undefined,
  memory: PieceMemory,
  remove = async () => {},
): Promise<ByteSink<undefined>> {
  const file = new PickedFile(await handle.createWritable(), memory);
  let finished: Promise<void> | undefined;
  const finish = () => {
    finished ??= file.close();
    return finished;
  };
  return {
    put: (offset, bytes) => file.put(offset, bytes),
    copy: (extent, offset) => file.copy(extent, offset),
    finish,
    async close() {
      await finish();
      if (size !== undefined) assertWhole((await handle.getFile()).size, size);
      return undefined;
    },
    async abort() {
      await file.abort();
      await remove().catch(() => {});
    },
  };
}

/** Unlike a picker of files, one of folders does not ask before something is overwritten. */
async function newFileIn(folder: FileSystemDirectoryHandle, name: string): Promise<FileSystemFileHandle> {
  const there = await folder.getFileHandle(name).catch(() => undefined);
  if (!there) return folder.getFileHandle(name, { create: true });
  throw new CheckpointError('write-failed', `The folder has a file named ${name} already.`, {
    advice: 'Choose an empty folder: the original may be needed again.',
  });
}

/** @throws CheckpointError `write-failed` */
export function assertWhole(size: number, expected: number): void {
  if (size === expected) return;
  throw new CheckpointError('write-failed', `The browser wrote ${size} bytes instead of ${expected}.`, {
    advice: 'Free some disk space and export again.',
  });
}
