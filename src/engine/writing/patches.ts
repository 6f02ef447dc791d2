/** The pruned file as patches to the original: changed pages in file order, then the checksums over them. */
import type { Checksum } from '../../formats/format';
import type { ApplyCounts } from '../../kernels/kernels';
import { Copies } from '../../lib/copies';
import { Crc32Change, castagnoliCrc, maskedCrc, unmaskedCrc, zipCrc } from '../../lib/crc32';
import { getOrInsert } from '../../lib/maps';
import { lastIndexWhere } from '../../lib/search';
import type { Program } from '../../pruning/resolution';
import type { TensorId } from '../../tensors/tensor';
import type { CallContext } from '../callContext';
import type { Layer } from '../opened';
import { applyPrograms } from '../passes/applyPrograms';
import type { Measurable } from '../passes/measurable';
import { UnitProgress } from '../passes/unitProgress';
import type { Chunk, Page } from '../reading/stream';
import type { Unit } from '../reading/units';
import { TensorChanges } from './tensorChanges';

export interface Patch {
  /** In the file; a patch replaces `bytes.length` bytes from here. */
  readonly offset: number;
  /** Valid until the next patch is asked for. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What was written, counted as it was written. */
export interface Written {
  /** Of every tensor with a program. */
  readonly counts: Map<TensorId, ApplyCounts>;
  /** Every tensor with other values than before: those pruned, and those that share the elements that went. */
  readonly changed: ReadonlySet<TensorId>;
}

/**
 * Yields the patches that apply `programs`: pages of weights in ascending order, and four-byte checksum fields as soon as the
 * pages are past what they cover.
 */
export async function* patchesFor(
  measurable: Measurable,
  units: readonly Unit[],
  layers: readonly Layer[],
  programs: ReadonlyMap<TensorId, Program>,
  context: CallContext,
): AsyncGenerator<Patch, Written> {
  const pruned = units.filter(({ tensor }) => (programs.get(tensor)?.length ?? 0) > 0);
  const checksums = new ChecksumChanges(measurable.checkpoint.checksums);
  const changes = new TensorChanges(measurable.checkpoint, layers, pruned);
  const report = new UnitProgress('writing', pruned, context);
  const before = new PagesBefore(({ offset, bytes }) => checksums.wants(offset) || changes.wants(offset, bytes.length));
  const arriving = ({ page }: Chunk) => before.arriving(page);
  const chunks = applyPrograms(measurable, pruned, programs, report, context, { arriving });
  let pageChanged = false;
  let next = await chunks.next();
  for (; !next.done; next = await chunks.next()) {
    const { chunk, changed } = next.value;
    if (changed) changes.pruned(chunk.unit.tensor);
    pageChanged ||= changed;
    if (!chunk.endsPage) continue;
    const { page } = chunk;
    yield* checksums.patches(page.offset);
    before.compare(page, pageChanged, (difference) => {
      checksums.add(page.offset, difference);
      changes.add(page.offset, difference);
    });
    if (pageChanged) yield patchOf(page);
    pageChanged = false;
  }
  yield* checksums.patches();
  return { counts: next.value, changed: changes.changed };
}

/** A page as it is now. */
export function patchOf({ offset, bytes }: Page): Patch {
  return { offset, bytes: bytes as Uint8Array<ArrayBuffer> };
}

/** Copies of pages as they came, of those that somebody wants to compare. */
class PagesBefore {
  private readonly wants: (page: Page) => boolean;
  private readonly before = new Map<Page, Uint8Array<ArrayBuffer>>();
  private readonly copies = new Copies();
  private latest: Page | undefined;

  constructor(wants: (page: Page) => boolean) {
    this.wants = wants;
  }

  /** Before anything of it changes. */
  arriving(page: Page): void {
    if (page === this.latest) return;
    this.latest = page;
    if (this.wants(page)) this.before.set(page, this.copies.of(page.bytes));
  }

  /** Once it is as it will be. @param found is told which bits differ, where some may and somebody wanted to know */
  compare(page: Page, changed: boolean, found: (difference: Uint8Array) => void): void {
    const bytes = this.before.get(page);
    if (!bytes) return;
    this.before.delete(page);
    if (changed) {
      for (let i = 0; i < bytes.length; i++) bytes[i]! ^= page.bytes[i]!;
      found(bytes);
    }
    this.copies.giveBack(bytes);
  }
}

/** Follows pages through the checksummed ranges they fall in. Ranges do not overlap, and pages ascend. */
class ChecksumChanges {
  private readonly checksums: readonly Checksum[];
  /** Those that are stored in the range of another: they are written last, and then the others. */
  private readonly inner: ReadonlySet<Checksum>;
  private readonly changes = new Map<Checksum, Crc32Change>();

  constructor(checksums: readonly Checksum[]) {
    this.checksums = [...checksums].sort((a, b) => a.range.start - b.range.start);
    this.inner = new Set(checksums.filter(({ fields }) => fields.some((field) => this.over(field))));
  }

  wants(offset: number): boolean {
    return this.over(offset) !== undefined;
  }

  /** @param difference of the bytes from `offset` on, before XOR after */
  add(offset: number, difference: Uint8Array): void {
    const checksum = this.over(offset);
    if (!checksum) return;
    const crc = checksum.code ? castagnoliCrc() : zipCrc();
    getOrInsert(this.changes, checksum, () => new Crc32Change(checksum.range, crc)).add(offset, difference);
  }

  private over(offset: number): Checksum | undefined {
    const checksum = this.checksums[lastIndexWhere(this.checksums, ({ range }) => range.start <= offset)];
    // Torch can be told to write no checksums (zeros): they stay zeros.
    return checksum && checksum.range.end > offset && checksum.stored !== 0 ? checksum : undefined;
  }

  /** @param reached what lies before it changes no more */
  *patches(reached = Number.POSITIVE_INFINITY): Generator<Patch> {
    if (reached === Number.POSITIVE_INFINITY) yield* this.innerPatches();
    for (const [checksum, change] of this.changes) {
      if (this.inner.has(checksum)) continue;
      if (checksum.range.end > reached) return;
      this.changes.delete(checksum);
      const value = changed(checksum, change);
      for (const offset of checksum.fields) yield { offset, bytes: littleEndian(value) };
    }
  }

  /** In the order of their fields, as what covers them follows what changes in it. */
  private *innerPatches(): Generator<Patch> {
    const patches = [...this.changes]
      .filter(([checksum]) => this.inner.has(checksum))
      .flatMap(([checksum, change]) => {
        const value = changed(checksum, change);
        const difference = littleEndian(value ^ checksum.stored);
        return checksum.fields.map((offset) => ({ offset, bytes: littleEndian(value), difference }));
      });
    for (const { offset, bytes, difference } of patches.sort((a, b) => a.offset - b.offset)) {
      this.add(offset, difference);
      yield { offset, bytes };
    }
  }
}

function changed({ code, stored }: Checksum, change: Crc32Change): number {
  const difference = change.finish();
  return code ? maskedCrc(unmaskedCrc(stored) ^ difference) : (stored ^ difference) >>> 0;
}

function littleEndian(value: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}
