/** Where files go that a browser's worker writes: to a download, to where the user wants them, or aside for a while. */
import { blobOf } from '../../lib/browser/blobOf';
import { blobSource } from '../../lib/browser/blobSource';
import { CheckpointError } from '../../lib/errors';
import type { ByteSink, OpenSink } from '../../lib/sink';
import type { ByteSource } from '../../lib/source';
import { SplicingSink } from '../../lib/splicingSink';
import { PickedFile } from './pickedFile';
import { SpillingStore } from './spillingStore';

/** Spliced: slices of the original between what was changed. The files of one download share what is kept in memory. */
export function downloads(): OpenSink<Blob> {
  const store = new SpillingStore();
  return () => new SplicingSink(store, blobOf);
}

/** For bytes that are read again before an export is done. */
export function scratch(): ByteSink<ByteSource> {
  return new SplicingSink(new SpillingStore(), (splice) => blobSource(blobOf(splice)));
}

export function savingTo(destination: FileSystemFileHandle): OpenSink<void> {
  return async () => new PickedFile(await destination.createWritable());
}

/** @throws CheckpointError `write-failed` */
export function assertWhole(size: number, expected: number): void {
  if (size === expected) return;
  throw new CheckpointError('write-failed', `The browser wrote ${size} bytes instead of ${expected}.`, {
    advice: 'Free some disk space and export again.',
  });
}
