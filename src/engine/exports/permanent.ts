/** `prune.remove` for a file with masks: X = X_orig * X_mask in place of each pair, and what the recipe prunes on top. */
import { at, known } from '../../lib/known';
import { writtenTo } from '../../lib/sink';
import type { ByteSource } from '../../lib/source';
import type { Splice } from '../../lib/splice';
import { byteWidthOf } from '../../tensors/dtype';
import type { TensorId } from '../../tensors/tensor';
import type { CallContext } from '../callContext';
import { UnitProgress } from '../passes/unitProgress';
import { streamUnits } from '../reading/stream';
import type { Session } from '../session';
import type { Patch } from '../writing/patches';
import { writePatched } from '../writing/writeParts';
import { existingMask, pairsByOrig } from './existingMasks';
import { assertWritable, newCheckpoint } from './newCheckpoint';
import { type ExportSource, type Outcomes, prunedSource } from './source';
import { stateDictsOf } from './stateDicts';

/** Masked weights become +0, where the product would leave -0 for negative ones and NaN for what is not finite. */
export async function permanent(exported: ExportSource, outcomes: Outcomes, context: CallContext): Promise<Splice> {
  const { session, scratch } = exported;
  assertWritable(session);
  const { tensors } = session.measurable.checkpoint;
  const pairs = [...pairsByOrig(session).values()];
  const pruned = await prunedSource(exported, outcomes, context);
  const masked = await writtenTo(scratch(), (sink) =>
    writePatched(pruned, maskingPatches(session, pruned, context), sink),
  );
  const keys = new Map(pairs.map(({ orig, key }) => [orig, key]));
  const masks = new Set(pairs.map(({ mask }) => mask));
  const entries = stateDictsOf(tensors).flatMap(({ container, members }) =>
    members
      .filter(({ id }) => !masks.has(id))
      .map(({ id, key }) => ({ key: keys.get(id) ?? key, container, tensor: id })),
  );
  const changed = new Set([...outcomes.keys(), ...keys.keys()].map((id) => at(tensors, id).storage));
  return newCheckpoint(session, masked, entries, (storage) => changed.has(storage), context);
}

/** The file's own masks on its own weights. */
async function* maskingPatches(
  session: Session,
  source: ByteSource,
  context: CallContext,
): AsyncGenerator<Patch, void> {
  const pairs = pairsByOrig(session);
  const units = session.units.filter(({ tensor }) => pairs.has(tensor));
  const { byteOrder } = session.measurable.checkpoint;
  const { signal } = context;
  const running = new Map<TensorId, { kept: Uint8Array; position: number }>();
  const report = new UnitProgress('writing', units, context);
  let pageChanged = false;
  for await (const chunk of streamUnits(source, units, { byteOrder, signal })) {
    const { unit, elements } = chunk;
    const mask = running.get(unit.tensor) ?? {
      kept: await existingMask(session, known(pairs, unit.tensor), signal),
      position: 0,
    };
    const end = mask.position + elements.length / byteWidthOf(unit.dtype);
    if (zeroMasked(elements, mask.kept.subarray(mask.position, end))) {
      chunk.scatter();
      pageChanged = true;
    }
    if (end === mask.kept.length) running.delete(unit.tensor);
    else running.set(unit.tensor, { ...mask, position: end });
    report.advance(unit, chunk.covers, end === mask.kept.length);
    if (!chunk.endsPage) continue;
    if (pageChanged) yield { offset: chunk.page.offset, bytes: new Uint8Array(chunk.page.bytes) };
    pageChanged = false;
  }
}

/** Sets elements to +0 where the mask is 0. @returns whether any byte changed */
function zeroMasked(elements: Uint8Array, kept: Uint8Array): boolean {
  const width = elements.length / Math.max(1, kept.length);
  let isChanged = false;
  for (let i = 0; i < kept.length; i++) {
    if (kept[i] !== 0) continue;
    for (let at = i * width; at < (i + 1) * width; at++) {
      isChanged ||= elements[at] !== 0;
      elements[at] = 0;
    }
  }
  return isChanged;
}
