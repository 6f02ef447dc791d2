/** Small reads all over a large file: pages are read once, and the last ones stay in memory. */

import { concatenated } from './bytes';
import { type ErrorContext, malformed } from './errors';
import type { ByteSource } from './source';

const pageBytes = 64 * 1024;
const mostPages = 256;

export class PagedReader {
  readonly size: number;
  readonly context: ErrorContext;
  private readonly source: ByteSource;
  /** Oldest first. */
  private readonly pages = new Map<number, Uint8Array>();

  constructor(source: ByteSource, context: ErrorContext) {
    this.source = source;
    this.size = source.size;
    this.context = context;
  }

  /**
   * @param what is read, as the subject of a sentence
   * @throws CheckpointError `malformed-file` where that is not all inside the file
   */
  async bytes(offset: number, length: number, what: string): Promise<Uint8Array> {
    if (!(Number.isSafeInteger(offset) && offset >= 0 && length >= 0 && length <= this.size - offset)) {
      throw malformed(`${what} was expected at offset ${offset} in ${length} bytes, but the file has ${this.size}.`, {
        ...this.context,
        offset,
      });
    }
    const first = Math.floor(offset / pageBytes);
    const last = Math.floor((offset + Math.max(length, 1) - 1) / pageBytes);
    // What spans pages is a table or a list of its own: it is not read again.
    if (last - first > 1) return this.source.read(offset, length);
    const start = offset - first * pageBytes;
    const page = await this.page(first);
    if (first === last) return page.subarray(start, start + length);
    const joined = concatenated([page, await this.page(last)]);
    return joined.subarray(start, start + length);
  }

  /** As `bytes`. */
  async view(offset: number, length: number, what: string): Promise<DataView> {
    const bytes = await this.bytes(offset, length, what);
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  private async page(index: number): Promise<Uint8Array> {
    const known = this.pages.get(index);
    if (known) return known;
    const start = index * pageBytes;
    const page = await this.source.read(start, Math.max(0, Math.min(pageBytes, this.size - start)));
    this.pages.set(index, page);
    for (const oldest of this.pages.keys()) {
      if (this.pages.size <= mostPages) break;
      this.pages.delete(oldest);
    }
    return page;
  }
}
