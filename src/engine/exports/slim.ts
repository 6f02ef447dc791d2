/** The state dict of a smaller model: whole tensors as the recipe leaves them, without the channels that a plan takes. */
import { keptElements } from '../../graph/slim/keptElements';
import { at, known } from '../../lib/known';
import { type ByteSource, memorySource } from '../../lib/source';
import type { Splice } from '../../lib/splice';
import type { CheckpointPlan, CutTensor } from '../../pruning/checkpointPlan';
import { bitsOf } from '../../tensors/dtype';
import { contiguousStrides, type TensorInfo } from '../../tensors/tensor';
import type { CallContext } from '../callContext';
import { assertWritable, type NewEntry, newCheckpoint } from './newCheckpoint';
import { type Remade, writeRemade } from './remade';
import { type ExportSource, type Outcomes, prunedSource } from './source';
import { stateDictsOf } from './stateDicts';

/** The one state dict that the plan is for. What shares its storage with a tensor that gets smaller gets one of its own. */
export async function slimStateDict(
  exported: ExportSource,
  plan: CheckpointPlan,
  outcomes: Outcomes,
  context: CallContext,
): Promise<Splice> {
  const { session } = exported;
  assertWritable(session);
  const { tensors, byteOrder } = session.measurable.checkpoint;
  const cuts = new Map(plan.tensors.map((cut) => [cut.tensor, cut]));
  const touched = new Set(plan.tensors.map(({ tensor }) => at(tensors, tensor).storage));
  /** Tied names share one. */
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
      if (!remade.has(content)) remade.set(content, smaller(tensor, cut, sizes, byteOrder === 'little'));
      return { key, container, tensor: id, content };
    }),
  );
  const pruned = await prunedSource(exported, outcomes, context);
  const contents = await writeRemade(exported, pruned, remade, context);
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

function smaller(tensor: TensorInfo, cut: CutTensor | undefined, shape: readonly number[], isLittle: boolean): Remade {
  const { dtype } = tensor;
  return {
    tensor,
    dtype,
    shape,
    async elements(rows) {
      const elements = cut?.values ? floats(cut.values, isLittle) : await rows();
      const axes = cut?.axes ?? [];
      return axes.length > 0 ? keptElements(elements, tensor.shape, bitsOf(dtype) / 8, axes) : elements;
    },
  };
}

function floats(values: readonly number[], isLittle: boolean): ByteSource {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    view.setFloat32(i * 4, value, isLittle);
  });
  return memorySource(bytes);
}
