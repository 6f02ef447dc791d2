/** SHA-1s of whole files follow what is patched in them. */
import type { Digest } from '../../formats/format';
import { CheckpointError, throwIfCancelled } from '../../lib/errors';
import { Sha1 } from '../../lib/sha1';
import type { ByteSource } from '../../lib/source';
import type { ByteRange } from '../../tensors/tensor';
import type { Patch } from './patches';

/** The patches, and behind them those of digests whose files they fall into: in the file's order. */
export async function* withDigests<Result>(
  patches: AsyncGenerator<Patch, Result>,
  source: ByteSource,
  digests: readonly Digest[],
  signal: AbortSignal | undefined,
): AsyncGenerator<Patch, Result> {
  const files = digests.map((digest) => new PatchedDigest(digest, source, signal));
  for (;;) {
    const next = await patches.next();
    if (next.done) {
      for (const file of files) yield* file.finish();
      return next.value;
    }
    for (const file of files) await file.add(next.value);
    yield next.value;
  }
}

const readBytes = 2 ** 20;

class PatchedDigest {
  private readonly digest: Digest;
  private readonly source: ByteSource;
  private readonly signal: AbortSignal | undefined;
  private readonly before = new Sha1();
  private readonly after = new Sha1();
  private position: number;

  constructor(digest: Digest, source: ByteSource, signal: AbortSignal | undefined) {
    this.digest = digest;
    this.source = source;
    this.signal = signal;
    this.position = digest.range.start;
  }

  async add({ offset, bytes }: Patch): Promise<void> {
    const { range } = this.digest;
    const [start, end] = [Math.max(offset, range.start), Math.min(offset + bytes.length, range.end)];
    if (start >= end) return;
    if (start < this.position) {
      throw new CheckpointError('internal', 'Patches were to come in the order of the file.', { offset });
    }
    await this.copyTo(start);
    for await (const original of this.read({ start, end })) this.before.add(original);
    this.after.add(bytes.subarray(start - offset, end - offset));
    this.position = end;
  }

  async *finish(): AsyncGenerator<Patch> {
    const { range, stored, fields } = this.digest;
    if (this.position === range.start) return;
    await this.copyTo(range.end);
    if (this.before.finish() !== stored) return;
    const digits = new TextEncoder().encode(this.after.finish());
    for (const offset of fields) yield { offset, bytes: digits };
  }

  private async copyTo(end: number): Promise<void> {
    for await (const bytes of this.read({ start: this.position, end })) {
      this.before.add(bytes);
      this.after.add(bytes);
    }
    this.position = end;
  }

  private async *read({ start, end }: ByteRange): AsyncGenerator<Uint8Array> {
    for (let at = start; at < end; at += readBytes) {
      throwIfCancelled(this.signal);
      const bytes = await this.source.read(at, Math.min(readBytes, end - at));
      yield bytes;
      this.source.recycle?.(bytes);
    }
  }
}
