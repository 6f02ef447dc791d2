/** Checksums of contents that no file has them for. */
import { crc32Raw } from '../../lib/crc32';
import { throwIfCancelled } from '../../lib/errors';
import { type Splice, splicedSource } from '../../lib/splice';
import type { CallContext } from '../callContext';

const readBytes = 8 * 2 ** 20;

/** CRC-32 of what is put together, read in order. */
export async function crcOf(content: Splice, progress: CrcProgress): Promise<number> {
  const source = splicedSource(content);
  let state = 0xffffffff;
  for (let start = 0; start < source.size; start += readBytes) {
    const bytes = await source.read(start, Math.min(readBytes, source.size - start));
    state = crc32Raw(state, bytes);
    progress.advance(bytes.length);
    source.recycle?.(bytes);
  }
  return ~state >>> 0;
}

/** Over all that is read for checksums. */
export class CrcProgress {
  private readonly context: CallContext;
  private readonly total: number;
  private done = 0;

  constructor(sizes: readonly number[], context: CallContext) {
    this.context = context;
    this.total = sizes.reduce((sum, size) => sum + size, 0);
  }

  advance(bytes: number): void {
    throwIfCancelled(this.context.signal);
    this.done += bytes;
    this.context.progress({ stage: 'checksums', done: this.done, total: this.total });
  }
}
