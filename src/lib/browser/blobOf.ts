/** A splice of Blobs as one Blob: their bytes stay where they are. */
import { CheckpointError } from '../errors';
import type { ByteSource } from '../source';
import { joined, type Splice } from '../splice';
import type { BlobSource } from './blobSource';

export function blobOf(splice: Splice): Blob {
  const parts = joined(splice).map((each) => {
    if (each instanceof Uint8Array) return each;
    const { blob } = asBlobSource(each.source);
    return each.end - each.start === blob.size ? blob : blob.slice(each.start, each.end);
  });
  return new Blob(parts, { type: 'application/octet-stream' });
}

/** In a browser, all that is copied from one file to another is a Blob's. */
export function asBlobSource(source: ByteSource): BlobSource {
  if ('blob' in source && source.blob instanceof Blob) return source as BlobSource;
  throw new CheckpointError('internal', 'Bytes that are no Blob’s were to be copied.');
}
