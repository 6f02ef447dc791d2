/** The file with repaired weights in the place of those that stay, and with those that go as they were. */
import { at, known } from '../../lib/known';
import { writtenTo } from '../../lib/sink';
import type { ByteSource } from '../../lib/source';
import { byteWidthOf } from '../../tensors/dtype';
import type { CallContext } from '../callContext';
import { applyPrograms } from '../passes/applyPrograms';
import { UnitProgress } from '../passes/unitProgress';
import type { Chunk } from '../reading/stream';
import { type Patch, patchOf } from '../writing/patches';
import { writePatched } from '../writing/writeParts';
import { type ExportSource, isMasked, type Outcomes } from './source';

/** Weights at offsets as they were, and the storages in which some of them may differ. Of tensors that no rule decides for all are repaired. */
export async function repairedSource(
  exported: ExportSource,
  outcomes: Outcomes,
  context: CallContext,
): Promise<{ source: ByteSource; changed: ReadonlySet<number> }> {
  const { source, session, scratch } = exported;
  const repaired = new Map([...outcomes].filter(([, { program }]) => program.some(({ kind }) => kind === 'values')));
  if (repaired.size === 0) return { source, changed: new Set() };
  const { tensors } = session.measurable.checkpoint;
  const patches = repairPatches(exported, repaired, context);
  return {
    source: await writtenTo(scratch(), (sink) => writePatched(source, patches, sink)),
    changed: new Set([...repaired.keys()].map((tensor) => at(tensors, tensor).storage)),
  };
}

async function* repairPatches(
  { session }: ExportSource,
  repaired: Outcomes,
  context: CallContext,
): AsyncGenerator<Patch, void> {
  const { measurable } = session;
  const units = session.units.filter(({ tensor }) => repaired.has(tensor));
  const programs = new Map([...repaired].map(([tensor, { program }]) => [tensor, program]));
  const report = new UnitProgress('writing', units, context);
  const originals = new Map<Chunk, Uint8Array>();
  const arriving = (chunk: Chunk) => void originals.set(chunk, chunk.elements.slice());
  let pageChanged = false;
  for await (const { chunk, kept, changed } of applyPrograms(measurable, units, programs, report, context, {
    kept: true,
    arriving,
  })) {
    const original = originals.get(chunk);
    originals.delete(chunk);
    pageChanged ||= changed;
    if (changed && original && kept && isMasked(known(repaired, chunk.unit.tensor))) {
      putBack(original, chunk.elements, kept, byteWidthOf(chunk.unit.dtype));
      chunk.scatter();
    }
    if (!chunk.endsPage) continue;
    if (pageChanged) yield patchOf(chunk.page);
    pageChanged = false;
  }
}

/** Those that went, as they were. */
function putBack(original: Uint8Array, elements: Uint8Array, kept: Uint8Array, width: number): void {
  for (let i = 0; i < kept.length; i++) {
    if (kept[i] === 0) elements.set(original.subarray(i * width, (i + 1) * width), i * width);
  }
}
