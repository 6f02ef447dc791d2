/** What programs keep, tensor by tensor, as the contents of mask tensors. */

import { CheckpointError } from '../../lib/errors';
import { at, found, known } from '../../lib/known';
import { getOrInsert } from '../../lib/maps';
import { writtenTo } from '../../lib/sink';
import { joined, type Splice } from '../../lib/splice';
import type { Outcome } from '../../pruning/resolution';
import { isRowByRow, memoryOrder, reordered } from '../../tensors/memoryOrder';
import { type ByteRange, numelOf, type TensorId } from '../../tensors/tensor';
import type { CallContext } from '../callContext';
import { applyPrograms } from '../passes/applyPrograms';
import { UnitProgress } from '../passes/unitProgress';
import { existingMask, pairsByOrig } from './existingMasks';
import type { ExportSource } from './source';

export interface MaskEncoding {
  /** `indices`: row by row. `memory`: as the weights are stored, without their gaps. */
  readonly order: 'indices' | 'memory';
  /** @param kept 1 or 0 for each element */
  encode(kept: Uint8Array<ArrayBuffer>, tensor: TensorId): Uint8Array<ArrayBuffer>;
}

/** Elements of a tensor without a program that are encoded at once. */
const chunkElements = 2 ** 20;

/**
 * One pass over the tensors that have a program. Where a file brings a mask along, an element is kept if both keep it.
 * @param outcomes one for every tensor that is in; an empty program keeps all
 * @returns contents for each of `outcomes`
 * @throws CheckpointError `internal` if what was chosen is not what was resolved
 */
export async function maskContents(
  { session, scratch }: ExportSource,
  outcomes: ReadonlyMap<TensorId, Outcome>,
  { order, encode }: MaskEncoding,
  context: CallContext,
): Promise<Map<TensorId, Splice>> {
  const { measurable, units } = session;
  const { tensors } = measurable.checkpoint;
  const pairs = pairsByOrig(session);
  /** Where in the scratch file, by tensor. */
  const ranges = new Map<TensorId, ByteRange[]>();
  let end = 0;
  const place = (tensor: TensorId, { length }: Uint8Array) => {
    const start = end;
    end += length;
    getOrInsert(ranges, tensor, () => []).push({ start, end });
    return start;
  };
  const existing = async (tensor: TensorId) => {
    const pair = pairs.get(tensor);
    return pair && existingMask(session, pair, context.signal);
  };
  const inOrder = (tensor: TensorId, kept: Uint8Array<ArrayBuffer>) => {
    const { shape, strides } = at(tensors, tensor);
    const stays = shape.map((_, axis) => axis);
    return order === 'indices' ? reordered(kept, shape, memoryOrder(shape, strides), stays) : kept;
  };

  const programs = new Map([...outcomes].map(([tensor, { program }]) => [tensor, program]));
  const running = new Map<TensorId, Gathering>();
  const pruned = units.filter(({ tensor }) => (programs.get(tensor)?.length ?? 0) > 0);
  const report = new UnitProgress('writing', pruned, context);
  const source = await writtenTo(scratch(), async (sink) => {
    const put = async (tensor: TensorId, kept: Uint8Array<ArrayBuffer>) => {
      const encoded = encode(kept, tensor);
      await sink.put(place(tensor, encoded), encoded);
    };
    const chunks = applyPrograms(measurable, pruned, programs, report, context, { kept: true });
    for await (const { chunk, kept: chosen } of chunks) {
      const { tensor } = chunk.unit;
      const { shape, strides } = at(tensors, tensor);
      let gathering = running.get(tensor);
      if (!gathering) {
        const isWhole = order === 'indices' && !isRowByRow(memoryOrder(shape, strides));
        gathering = new Gathering(numelOf(shape), isWhole, await existing(tensor));
        running.set(tensor, gathering);
      }
      const kept = gathering.add(found(chosen, 'what a program keeps'));
      if (kept) await put(tensor, inOrder(tensor, kept));
      if (gathering.isFinished) {
        running.delete(tensor);
        assertChosen(gathering.chosen, known(outcomes, tensor), at(tensors, tensor).name);
      }
    }
    for (const [tensor, program] of programs) {
      if (program.length > 0) continue;
      const all = await existing(tensor);
      if (all) await put(tensor, inOrder(tensor, all));
      else await putOnes(numelOf(at(tensors, tensor).shape), (ones) => put(tensor, ones));
    }
  });
  const extents = (tensor: TensorId) => (ranges.get(tensor) ?? []).map((range) => ({ source, ...range }));
  return new Map([...programs.keys()].map((tensor) => [tensor, joined(extents(tensor))]));
}

function assertChosen(chosen: number, { pruned }: Outcome, name: string): void {
  if (chosen === pruned) return;
  throw new CheckpointError('internal', `${pruned} weights of ${name} were to be masked, but ${chosen} were.`, {
    tensor: name,
    advice: 'The file may have changed while it was read. Open it again.',
  });
}

async function putOnes(elements: number, put: (ones: Uint8Array<ArrayBuffer>) => Promise<void>): Promise<void> {
  for (let left = elements; left > 0; left -= chunkElements) {
    await put(new Uint8Array(Math.min(left, chunkElements)).fill(1));
  }
}

/** The mask of one tensor as its chunks come in. */
class Gathering {
  /** Elements that the program chose. */
  chosen = 0;
  private readonly existing: Uint8Array<ArrayBuffer> | undefined;
  private readonly whole: Uint8Array<ArrayBuffer> | undefined;
  private readonly elements: number;
  private position = 0;

  /** @param isWhole hand out nothing before everything is there */
  constructor(elements: number, isWhole: boolean, existing: Uint8Array<ArrayBuffer> | undefined) {
    this.elements = elements;
    this.existing = existing;
    this.whole = isWhole ? new Uint8Array(elements) : undefined;
  }

  get isFinished(): boolean {
    return this.position === this.elements;
  }

  /**
   * @param program 1 or 0 for each of the next elements
   * @returns what can be written now
   */
  add(program: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
    const kept = new Uint8Array(program);
    // By index: iterators are several times slower here.
    for (let i = 0; i < kept.length; i++) this.chosen += 1 - kept[i]!;
    if (this.existing) for (let i = 0; i < kept.length; i++) kept[i]! &= this.existing[this.position + i]!;
    this.whole?.set(kept, this.position);
    this.position += kept.length;
    if (!this.whole) return kept;
    return this.isFinished ? this.whole : undefined;
  }
}
