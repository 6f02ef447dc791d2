/** The pass that prunes: chunks of units with their programs applied. */
import type { ApplyCounts } from '../../kernels/kernels';
import { CheckpointError } from '../../lib/errors';
import type { Program } from '../../pruning/resolution';
import { byteWidthOf } from '../../tensors/dtype';
import type { TensorId } from '../../tensors/tensor';
import type { CallContext } from '../callContext';
import { type Chunk, streamUnits } from '../reading/stream';
import type { Unit } from '../reading/units';
import type { Measurable } from './measurable';
import { Passes } from './passes';
import { alignmentOf, ProgramRun } from './program';
import { type ChunkUnderWay, Strips } from './strips';
import type { UnitProgress } from './unitProgress';

/** A chunk whose `elements` are pruned (chosen ones are +0), and put back into `raw`. Valid until the next is asked for. */
export interface PrunedChunk {
  readonly chunk: Chunk;
  /** One byte an element: 0 where the program chose it, zeros it chose too. Present where asked for. */
  readonly kept?: Uint8Array;
  readonly changed: boolean;
}

export interface ApplyOptions {
  /** As StreamOptions'; default: a page of patches. */
  readonly chunkBytes?: number;
  readonly kept?: boolean;
  /** Sees every chunk before anything of it changes. */
  readonly arriving?: (chunk: Chunk) => void;
}

/** Patches are pages, never single weights: pruned weights are scattered, and a Blob of millions of parts is no file. */
const pageBytes = 2 ** 20;

interface Running {
  readonly run: ProgramRun;
  readonly strips: Strips;
}

/**
 * One pass over `units`, after those that scores of groups take. Yields their chunks in file order and returns, by tensor,
 * what was chosen and what is zero.
 * @param programs absent ones leave everything as it is
 */
export async function* applyPrograms(
  measurable: Measurable,
  units: readonly Unit[],
  programs: ReadonlyMap<TensorId, Program>,
  report: UnitProgress,
  context: CallContext,
  { chunkBytes = pageBytes, kept: keepsCount = false, arriving }: ApplyOptions = {},
): AsyncGenerator<PrunedChunk, Map<TensorId, ApplyCounts>> {
  const { source, checkpoint } = measurable;
  const { signal } = context;
  const passes = new Passes(measurable, units);
  for (const { tensor } of units) passes.prepare(tensor, programs.get(tensor) ?? []);
  const groups = await passes.run(context);
  const running = new Map<Unit, Running>();
  for (const unit of units) {
    const program = programs.get(unit.tensor) ?? [];
    const width = byteWidthOf(unit.dtype);
    running.set(unit, {
      run: new ProgramRun(measurable, unit, program, groups, signal),
      strips: new Strips(alignmentOf(unit, program) * width, width),
    });
  }
  /** Chunks in file order, of which the first may wait for the rest of a strip. */
  const waiting: { chunk: Chunk; passing: ChunkUnderWay; release: () => void }[] = [];
  for await (const chunk of streamUnits(source, units, { byteOrder: checkpoint.byteOrder, chunkBytes, signal })) {
    arriving?.(chunk);
    const { run, strips } = running.get(chunk.unit)!;
    const passing = underWay(chunk, keepsCount || run.needsKept);
    waiting.push({ chunk, passing, release: chunk.hold() });
    await strips.push(passing, (elements, kept) => run.apply(elements, kept));
    for (let head = waiting[0]; head && head.passing.done === head.passing.elements.length; head = waiting[0]) {
      waiting.shift();
      if (head.passing.changed) head.chunk.scatter();
      yield {
        chunk: head.chunk,
        changed: head.passing.changed,
        ...(keepsCount && head.passing.kept ? { kept: head.passing.kept } : {}),
      };
      head.release();
      report.advance(head.chunk.unit, head.chunk.covers, false);
    }
  }
  if (waiting.length > 0) {
    throw new CheckpointError('internal', `${waiting[0]!.chunk.unit.name} ended within a strip of its pattern.`);
  }
  const counts = new Map<TensorId, ApplyCounts>();
  for (const [{ tensor }, { run }] of running) counts.set(tensor, await run.finish());
  return counts;
}

function underWay({ unit, elements }: Chunk, withKept: boolean): ChunkUnderWay {
  const kept = withKept ? new Uint8Array(elements.length / byteWidthOf(unit.dtype)).fill(1) : undefined;
  return { elements, kept, done: 0, changed: false };
}
