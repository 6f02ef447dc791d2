/** The pruned file as patches to the original: changed pages in file order, then the checksums over them. */
import type { Checksum } from '../formats/format';
import type { Applier, ApplyCounts } from '../kernels/kernels';
import { Crc32Change } from '../lib/crc32';
import { getOrInsert } from '../lib/maps';
import type { Placement } from '../pruning/resolution';
import type { TensorId } from '../tensors/tensor';
import { type Measurable, UnitProgress } from './measure';
import type { CallContext } from './protocol';
import { streamUnits } from './stream';
import type { Unit } from './units';

export interface Patch {
  /** In the file; a patch replaces `bytes.length` bytes from here. */
  readonly offset: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Patches are pages, never single weights: pruned weights are scattered, and a Blob of millions of parts is no file. */
const pageBytes = 2 ** 20;

/**
 * Yields the patches that apply `placements`: pages of weights in ascending order, then four-byte checksum fields (in
 * any order). Returns, by tensor, what was chosen and what is zero in the bytes yielded.
 */
export async function* patchesFor(
  { source, checkpoint, kernels }: Measurable,
  units: readonly Unit[],
  placements: ReadonlyMap<TensorId, Placement>,
  context: CallContext,
): AsyncGenerator<Patch, Map<TensorId, ApplyCounts>> {
  const pruned = units.filter((unit) => placements.has(unit.tensor));
  const appliers = new Map<TensorId, Applier>();
  for (const unit of pruned) {
    appliers.set(unit.tensor, kernels.applyThreshold(unit.dtype, placements.get(unit.tensor)!));
  }
  const checksums = new ChecksumChanges(checkpoint.checksums);
  const report = new UnitProgress('writing', pruned, context);
  const { byteOrder } = checkpoint;
  for await (const chunk of streamUnits(source, pruned, { byteOrder, chunkBytes: pageBytes, signal: context.signal })) {
    const before = checksums.covers(chunk.offset) ? chunk.raw.slice() : undefined;
    if (appliers.get(chunk.unit.tensor)!.apply(chunk.elements)) {
      chunk.scatter();
      if (before) checksums.add(chunk.offset, before, chunk.raw);
      // A copy: the chunk is a view into a window that would be kept alive whole.
      yield { offset: chunk.offset, bytes: new Uint8Array(chunk.raw) };
    }
    report.advance(chunk.unit, chunk.raw.length, false);
  }
  yield* checksums.patches();
  return new Map([...appliers].map(([tensor, applier]) => [tensor, applier.finish()]));
}

/** Follows the patches through the checksummed ranges they fall in. Ranges do not overlap, and patches ascend. */
class ChecksumChanges {
  private readonly checksums: readonly Checksum[];
  private readonly changes = new Map<Checksum, Crc32Change>();
  private at = 0;

  constructor(checksums: readonly Checksum[]) {
    this.checksums = [...checksums].sort((a, b) => a.range.start - b.range.start);
  }

  /** Whether a checksum that is in use covers the byte at `offset` (ascending from call to call). */
  covers(offset: number): boolean {
    while (this.at < this.checksums.length && this.checksums[this.at]!.range.end <= offset) this.at++;
    const checksum = this.checksums[this.at];
    // Torch can be told to write no checksums (zeros): they stay zeros.
    return checksum !== undefined && checksum.range.start <= offset && checksum.stored !== 0;
  }

  add(offset: number, before: Uint8Array, after: Uint8Array): void {
    const checksum = this.checksums[this.at]!;
    for (let i = 0; i < before.length; i++) before[i]! ^= after[i]!;
    getOrInsert(this.changes, checksum, () => new Crc32Change(checksum.range)).add(offset, before);
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
