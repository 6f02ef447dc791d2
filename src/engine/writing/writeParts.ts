/** Patches go to sinks: the original with the patches in place, as one file or as the files it is made of. */
import type { Part } from '../../lib/parts';
import { lastIndexWhere } from '../../lib/search';
import type { ByteSink, OpenSink } from '../../lib/sink';
import type { ByteSource } from '../../lib/source';
import { prunedName } from './fileName';
import type { Patch } from './patches';

/** One file that was written. */
export interface WrittenFile<Closed> {
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** What its sink closed with. */
  readonly content: Closed;
}

/**
 * Copies `source` to `sink` with the patches in place; out-of-order patches (checksums) are written where they belong.
 * @returns what the generator of patches returned
 */
export async function writePatched<Result>(
  source: ByteSource,
  patches: AsyncGenerator<Patch, Result>,
  sink: ByteSink,
): Promise<Result> {
  const file = new PatchedFile(source, { name: '', start: 0, end: source.size }, sink);
  const result = await forEachPatch(patches, ({ offset, bytes }) => file.put(offset, bytes));
  await file.copyRest();
  return result;
}

/**
 * Writes each part that a patch falls into, and the only one in any case. They are closed once all of them are written.
 * @param parts of `source`, in its order
 * @param open begins a part, under its own name, or under one that says it is pruned where it is the only one
 * @param comeBack whether patches may fall into a part that others were past; where not, one is finished before the next begins
 * @returns what the generator returned, and the files in the order of the parts
 * @throws CheckpointError `write-failed`; what the generator throws
 */
export async function writeParts<Result, Closed>(
  source: ByteSource,
  parts: readonly Part[],
  patches: AsyncGenerator<Patch, Result>,
  open: OpenSink<Closed>,
  comeBack = false,
): Promise<{ files: WrittenFile<Closed>[]; result: Result }> {
  const begun = new Map<Part, PatchedFile<Closed>>();
  const [first, ...others] = parts;
  const nameOf = ({ name }: Part) => (others.length === 0 ? prunedName(name) : name);
  const begin = async (part: Part) => {
    const file = new PatchedFile(source, part, await open(nameOf(part), part.end - part.start));
    begun.set(part, file);
    return file;
  };
  try {
    let latest = first && others.length === 0 ? await begin(first) : undefined;
    const result = await forEachPatch(patches, async ({ offset, bytes }) => {
      let next = lastIndexWhere(parts, ({ start }) => start <= offset);
      for (let part = parts[next]; part && part.start < offset + bytes.length; part = parts[++next]) {
        const [start, end] = [Math.max(offset, part.start), Math.min(offset + bytes.length, part.end)];
        if (start >= end) continue;
        const file = begun.get(part) ?? (await begin(part));
        // What is left behind keeps nothing while others are written.
        if (file !== latest) await (comeBack ? latest?.copyRest() : latest?.finish());
        latest = file;
        await file.put(start, bytes.subarray(start - offset, end - offset));
      }
    });
    const files: WrittenFile<Closed>[] = [];
    for (const file of begun.values()) await file.finish();
    for (const part of parts) {
      const file = begun.get(part);
      if (file) files.push({ name: nameOf(part), size: part.end - part.start, content: await file.sink.close() });
    }
    return { files, result };
  } catch (error) {
    for (const { sink } of begun.values()) await sink.abort();
    throw error;
  }
}

/** One part of the original, up to where it was written. */
class PatchedFile<Closed> {
  readonly sink: ByteSink<Closed>;
  private readonly source: ByteSource;
  private readonly part: Part;
  private position: number;
  private isFinished = false;

  constructor(source: ByteSource, part: Part, sink: ByteSink<Closed>) {
    this.source = source;
    this.part = part;
    this.sink = sink;
    this.position = part.start;
  }

  /** @param offset in the source */
  async put(offset: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.copyTo(offset);
    await this.sink.put(offset - this.part.start, bytes);
    this.position = Math.max(this.position, offset + bytes.length);
  }

  copyRest(): Promise<void> {
    return this.copyTo(this.part.end);
  }

  async finish(): Promise<void> {
    if (this.isFinished) return;
    this.isFinished = true;
    await this.copyRest();
    await this.sink.finish?.();
  }

  private async copyTo(end: number): Promise<void> {
    const start = this.position;
    if (end <= start) return;
    await this.sink.copy({ source: this.source, start, end }, start - this.part.start);
    this.position = end;
  }
}

async function forEachPatch<Result>(
  patches: AsyncGenerator<Patch, Result>,
  use: (patch: Patch) => Promise<void>,
): Promise<Result> {
  for (;;) {
    const next = await patches.next();
    if (next.done) return next.value;
    await use(next.value);
  }
}
