/** Patches of elements that stand in the file in another form, which readers see behind its end. */
import { CheckpointError } from '../../lib/errors';
import type { ByteSource } from '../../lib/source';
import { type EncodedElements, isQuantised, isSparse } from '../../tensors/encodedElements';
import { elementBytes, encodeVarints } from '../../tensors/varintElements';
import { quantisedPatch } from '../reading/quantisedSource';
import { sparsePatch } from '../reading/sparseSource';
import { encodedAt, partsOf, readElements } from '../reading/varintSource';
import type { Patch } from './patches';

/** Patches of elements at addresses behind the file's end, as patches of the bytes that hold them; others as they are. */
export async function* patchesInFile<Result>(
  patches: AsyncGenerator<Patch, Result>,
  source: ByteSource,
  encoded: readonly EncodedElements[] = [],
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
  encoded: readonly EncodedElements[] = [],
): AsyncGenerator<Patch, void> {
  const varints = encodedAt(encoded, patch.offset, patch.bytes.length);
  if (!varints) {
    yield patch;
    return;
  }
  if (isQuantised(varints)) {
    yield await quantisedPatch(source, varints, patch.offset, patch.bytes);
    return;
  }
  if (isSparse(varints)) {
    const values = sparsePatch(varints, patch.offset, patch.bytes);
    if (values.bytes.length > 0) yield values;
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
