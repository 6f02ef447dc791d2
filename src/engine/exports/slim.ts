/** The state dict of a smaller model: whole tensors as the recipe leaves them, without the channels that a plan takes. */
import { keptElements } from '../../graph/slim/keptElements';
import { throwIfCancelled } from '../../lib/errors';
import { at, known } from '../../lib/known';
import { writtenTo } from '../../lib/sink';
import { type ByteSource, memorySource } from '../../lib/source';
import { type Splice, splicedSource } from '../../lib/splice';
import type { CheckpointPlan, CutTensor } from '../../pruning/checkpointPlan';
import { bitsOf } from '../../tensors/dtype';
import { contiguousStrides, numelOf, type Storage, type TensorInfo } from '../../tensors/tensor';
import type { CallContext } from '../callContext';
import { assertWritable, type NewContent, type NewEntry, newCheckpoint } from './newCheckpoint';
import { type ExportSource, type Outcomes, prunedSource } from './source';
import { stateDictsOf } from './stateDicts';

/** A tensor of the new state dict that is not as the file has it. Tied names share one. */
interface Remade {
  readonly tensor: TensorInfo;
  readonly cut: CutTensor | undefined;
  readonly shape: readonly number[];
}

/** The one state dict that the plan is for. What shares its storage with a tensor that gets smaller gets one of its own. */
export async function slimStateDict(
  exported: ExportSource,
  plan: CheckpointPlan,
  outcomes: Outcomes,
  context: CallContext,
): Promise<Splice> {
  const { session } = exported;
  assertWritable(session);
  const { tensors } = session.measurable.checkpoint;
  const cuts = new Map(plan.tensors.map((cut) => [cut.tensor, cut]));
  const touched = new Set(plan.tensors.map(({ tensor }) => at(tensors, tensor).storage));
  const remade = new Map<string, Remade>();
  const dicts = stateDictsOf(tensors).filter(({ container }) => container === plan.container);
  const drafts = dicts.flatMap(({ container, members }) =>
    members.map(({ key, id }) => {
      const tensor = at(tensors, id);
      const { storage, storageOffset, shape, strides } = tensor;
      if (!touched.has(storage)) return { key, container, tensor: id };
      const cut = cuts.get(id);
      const content = JSON.stringify([storage, storageOffset, shape, strides, cut?.axes]);
      const sizes = shape.map((size, axis) => cut?.axes.find((each) => each.axis === axis)?.kept.length ?? size);
      if (!remade.has(content)) remade.set(content, { tensor, cut, shape: sizes });
      return { key, container, tensor: id, content };
    }),
  );
  const pruned = await prunedSource(exported, outcomes, context);
  const contents = await written(exported, pruned, remade, context);
  const entries = drafts.map(({ content, ...entry }): NewEntry => {
    if (content === undefined) return entry;
    const { shape } = known(remade, content);
    return {
      ...entry,
      view: { content: known(contents, content), offset: 0, strides: contiguousStrides(shape), shape },
    };
  });
  const changed = new Set([...outcomes.keys()].map((id) => at(tensors, id).storage));
  return newCheckpoint(session, pruned, entries, (storage) => changed.has(storage), context);
}

/** Written at once. */
const pieceBytes = 4 * 2 ** 20;

/** Aside, where their checksums are made, and from where they are copied. */
async function written(
  { session, scratch }: ExportSource,
  pruned: ByteSource,
  remade: ReadonlyMap<string, Remade>,
  { signal, progress }: CallContext,
): Promise<Map<string, NewContent>> {
  const { storages, byteOrder } = session.measurable.checkpoint;
  const all = [...remade.values()];
  const total = all.reduce((sum, { tensor, shape }) => sum + (numelOf(shape) * bitsOf(tensor.dtype)) / 8, 0);
  const ends: number[] = [];
  let end = 0;
  const source = await writtenTo(scratch(), async (sink) => {
    for (const { tensor, cut } of all) {
      const { dtype, shape, name } = tensor;
      const elements = cut?.values
        ? floats(cut.values, byteOrder === 'little')
        : await rowByRow(pruned, tensor, at(storages, tensor.storage));
      const axes = cut?.axes ?? [];
      const kept = axes.length > 0 ? keptElements(elements, shape, bitsOf(dtype) / 8, axes) : elements;
      for (let from = 0; from < kept.size; from += pieceBytes) {
        throwIfCancelled(signal);
        const piece = await kept.read(from, Math.min(pieceBytes, kept.size - from));
        await sink.put(end, piece as Uint8Array<ArrayBuffer>);
        end += piece.length;
        progress({ stage: 'writing', done: end, total, tensor: name });
      }
      ends.push(end);
    }
  });
  return new Map(
    [...remade].map(([content, { tensor }], i) => {
      const extent = { source, start: ends[i - 1] ?? 0, end: at(ends, i) };
      return [content, { dtype: tensor.dtype, content: [extent] }];
    }),
  );
}

function floats(values: readonly number[], isLittle: boolean): ByteSource {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    view.setFloat32(i * 4, value, isLittle);
  });
  return memorySource(bytes);
}

/** Those that are stored in another order, or with gaps, are put in order in memory. */
async function rowByRow(
  source: ByteSource,
  { dtype, shape, strides, storageOffset }: TensorInfo,
  { segments }: Storage,
): Promise<ByteSource> {
  const width = bitsOf(dtype) / 8;
  const whole = splicedSource(segments.map((segment) => ({ source, ...segment })));
  const start = storageOffset * width;
  const plain = contiguousStrides(shape);
  const numel = numelOf(shape);
  if (shape.every((size, axis) => size < 2 || strides[axis] === plain[axis])) {
    return { size: numel * width, read: (offset, length) => whole.read(start + offset, length) };
  }
  const span = 1 + shape.reduce((reach, size, axis) => reach + (size - 1) * at(strides, axis), 0);
  const stored = await whole.read(start, numel === 0 ? 0 : span * width);
  const elements = new Uint8Array(numel * width);
  for (let element = 0; element < numel; element++) {
    let rest = element;
    let place = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const size = at(shape, axis);
      place += (rest % size) * at(strides, axis);
      rest = Math.floor(rest / size);
    }
    elements.set(stored.subarray(place * width, (place + 1) * width), element * width);
  }
  return memorySource(elements);
}
