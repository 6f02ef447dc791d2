/** What comes by the pipe: one thing, once. */
import { createWriteStream } from 'node:fs';
import { mkdtemp, readlink, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { CheckpointError } from '../lib/errors';
import { UsageError } from './usageError';

export class StandardInput {
  private readonly stream: Readable;
  private readonly signal: AbortSignal;
  private isTaken = false;
  private asFile: Promise<string> | undefined;
  /** A folder that nobody else can look into. */
  private spooled: string | undefined;

  constructor(stream: Readable, signal: AbortSignal) {
    this.stream = stream;
    this.signal = signal;
  }

  /** @throws UsageError where it was taken as something else already */
  text(): Promise<string> {
    return text(this.take());
  }

  /**
   * Where it can be read at any place: itself where a file was given as it (`< model.pth`), else a copy until `discard`.
   * @throws UsageError where it was taken already @throws CheckpointError `write-failed`
   */
  path(): Promise<string> {
    this.asFile ??= this.kept();
    return this.asFile;
  }

  private async kept(): Promise<string> {
    const stream = this.take();
    const itself = 'fd' in stream && stream.fd === 0 ? await fileOfInput() : undefined;
    if (itself !== undefined) return itself;
    try {
      this.spooled = await mkdtemp(join(tmpdir(), 'secateur-'));
      const path = join(this.spooled, 'standard input');
      await pipeline(stream, createWriteStream(path), { signal: this.signal });
      return path;
    } catch (cause) {
      if (this.signal.aborted) throw new CheckpointError('cancelled', 'Stopped.', {}, { cause });
      throw new CheckpointError(
        'write-failed',
        `What came by standard input could not be kept in ${tmpdir()}.`,
        { advice: 'Make room there, or set TMPDIR.' },
        { cause },
      );
    }
  }

  async discard(): Promise<void> {
    if (this.spooled !== undefined) await rm(this.spooled, { recursive: true, force: true });
  }

  private take(): Readable {
    if (this.isTaken) throw new UsageError('- stands for standard input once.');
    this.isTaken = true;
    return this.stream;
  }
}

/** Linux says which file it is. */
async function fileOfInput(): Promise<string | undefined> {
  const path = await readlink('/proc/self/fd/0').catch(() => undefined);
  const found = path === undefined ? undefined : await stat(path).catch(() => undefined);
  return found?.isFile() ? path : undefined;
}
