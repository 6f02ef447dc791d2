/** Patches of elements that stand in the file as varints, which readers see as two bytes each behind its end. */
import { CheckpointError } from '../../lib/errors';
import type { ByteSource } from '../../lib/source';
import { elementBytes, encodeVarints, type VarintElements } from '../../tensors/varintElements';
import { encodedAt, partsOf, readElements } from '../reading/varintSource';
import type { Patch } from './patches';

/** Patches of elements at addresses behind the file's end, as patches of their varints; others as they are. */
export async function* patchesInFile<Result>(
  patches: AsyncGenerator<Patch, Result>,
  source: ByteSource,
  encoded: readonly VarintElements[] = [],
): AsyncGenerator<Patch, Result> {
  for (;;) {
    const next = await patches.next();
    if (next.done) return next.value;
    yield* patchInFile(next.value, source, encoded);
  }
}

/** See `patchesInFile`. */
export async function* patchInFile(
  patch: Patch,
  source: ByteSource,
  encoded: readonly VarintElements[] = [],
): AsyncGenerator<Patch, void> {
  const varints = encodedAt(encoded, patch.offset, patch.bytes.length);
  if (!varints) {
    yield patch;
    return;
  }
  const first = (patch.offset - varints.addresses.start) / elementBytes;
  const { bytes, position, start } = await readElements(
    source,
    varints,
    first,
    first + patch.bytes.length / elementBytes,
  );
  const end = encodeVarints(bytes, position, patch.bytes);
  if (end === undefined) {
    throw new CheckpointError('internal', 'A weight was to become one that takes more bytes in the file.', {
      offset: varints.segments[0]!.start,
    });
  }
  for (const part of partsOf(varints.segments, start + position, start + end)) {
    const from = part.logical - start;
    yield { offset: part.start, bytes: bytes.slice(from, from + part.end - part.start) };
  }
}
