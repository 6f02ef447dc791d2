/** Patches for a file that is written from its first byte to its last. */
import type { Checkpoint } from '../../formats/format';
import type { Patch } from './patches';

/** Checksums come early: as soon as what they cover is known. */
const checksumBytes = 4;

/** Whether the pruned file can be written so: one file, whose checksums stand behind what they cover. */
export function canBeInOrder({
  parts,
  encoded,
  digests,
  checksums,
}: Pick<Checkpoint, 'parts' | 'encoded' | 'digests' | 'checksums'>): boolean {
  if (parts.length > 1 || encoded || digests) return false;
  return checksums.every(({ range, fields }) => fields.every((field) => field >= range.end));
}

/** Pages ascend: what is as short as a checksum waits for those that stand before it. */
export async function* inFileOrder<Result>(patches: AsyncGenerator<Patch, Result>): AsyncGenerator<Patch, Result> {
  let waiting: Patch[] = [];
  for (;;) {
    const next = await patches.next();
    if (next.done) {
      yield* waiting.sort(byOffset);
      return next.value;
    }
    const patch = next.value;
    if (patch.bytes.length <= checksumBytes) {
      waiting.push({ offset: patch.offset, bytes: patch.bytes.slice() });
      continue;
    }
    const before = waiting.filter(({ offset }) => offset < patch.offset);
    waiting = waiting.filter(({ offset }) => offset >= patch.offset);
    yield* before.sort(byOffset);
    yield patch;
  }
}

function byOffset(a: Patch, b: Patch): number {
  return a.offset - b.offset;
}
