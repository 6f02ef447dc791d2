/** The pruned file as patches to the original: changed pages in file order, then the checksums over them. */
import type { Checksum } from '../formats/format';
import type { ApplyCounts } from '../kernels/kernels';
import { Copies } from '../lib/copies';
import { Crc32Change } from '../lib/crc32';
import { getOrInsert } from '../lib/maps';
import type { Program } from '../pruning/resolution';
import type { TensorId } from '../tensors/tensor';
import { applyPrograms } from './applyPrograms';
import { type Measurable, UnitProgress } from './measure';
import type { CallContext } from './protocol';
import type { Chunk } from './stream';
import type { Unit } from './units';

export interface Patch {
  /** In the file; a patch replaces `bytes.length` bytes from here. */
  readonly offset: number;
  /** Valid until the next patch is asked for. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Yields the patches that apply `programs`: pages of weights in ascending order, then four-byte checksum fields (in any
 * order). Returns, by tensor, what was chosen and what is zero in the bytes yielded.
 */
export async function* patchesFor(
  measurable: Measurable,
  units: readonly Unit[],
  programs: ReadonlyMap<TensorId, Program>,
  context: CallContext,
): AsyncGenerator<Patch, Map<TensorId, ApplyCounts>> {
  const pruned = units.filter(({ tensor }) => (programs.get(tensor)?.length ?? 0) > 0);
  const checksums = new ChecksumChanges(measurable.checkpoint.checksums);
  const report = new UnitProgress('writing', pruned, context);
  const arriving = (chunk: Chunk) => checksums.arriving(chunk);
  const chunks = applyPrograms(measurable, pruned, programs, report, context, { arriving });
  let next = await chunks.next();
  for (; !next.done; next = await chunks.next()) {
    const { chunk, changed } = next.value;
    checksums.finished(chunk, changed);
    if (changed) yield { offset: chunk.offset, bytes: chunk.raw as Uint8Array<ArrayBuffer> };
  }
  yield* checksums.patches();
  return next.value;
}

/** Follows chunks through the checksummed ranges they fall in. Ranges do not overlap, and chunks ascend. */
class ChecksumChanges {
  private readonly checksums: readonly Checksum[];
  private readonly changes = new Map<Checksum, Crc32Change>();
  private readonly before = new Map<Chunk, { checksum: Checksum; bytes: Uint8Array<ArrayBuffer> }>();
  private readonly copies = new Copies();
  private at = 0;

  constructor(checksums: readonly Checksum[]) {
    this.checksums = [...checksums].sort((a, b) => a.range.start - b.range.start);
  }

  /** Before anything of the chunk changes. */
  arriving(chunk: Chunk): void {
    while (this.at < this.checksums.length && this.checksums[this.at]!.range.end <= chunk.offset) this.at++;
    const checksum = this.checksums[this.at];
    if (checksum === undefined || checksum.range.start > chunk.offset) return;
    // Torch can be told to write no checksums (zeros): they stay zeros.
    if (checksum.stored !== 0) this.before.set(chunk, { checksum, bytes: this.copies.of(chunk.raw) });
  }

  finished(chunk: Chunk, changed: boolean): void {
    const before = this.before.get(chunk);
    this.before.delete(chunk);
    if (!before) return;
    const { checksum, bytes } = before;
    if (changed) {
      for (let i = 0; i < bytes.length; i++) bytes[i]! ^= chunk.raw[i]!;
      getOrInsert(this.changes, checksum, () => new Crc32Change(checksum.range)).add(chunk.offset, bytes);
    }
    this.copies.giveBack(bytes);
  }

  *patches(): Generator<Patch> {
    for (const [checksum, change] of this.changes) {
      const value = (checksum.stored ^ change.finish()) >>> 0;
      for (const offset of checksum.fields) {
        const bytes = new Uint8Array(4);
        new DataView(bytes.buffer).setUint32(0, value, true);
        yield { offset, bytes };
      }
    }
  }
}
