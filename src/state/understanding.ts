/** What a closer look at the open checkpoint found: marks, blocks, what int8 would do. Nothing of it is kept longer than it holds. */
import type { BlockInfluence, Evaluation, SamplePicture } from '../evaluation/protocol';
import type { Int8Findings, RowFindings } from '../tensors/findings';
import type { TensorId } from '../tensors/tensor';
import type { Follow, StudioContext } from './context';
import type { EvaluationContext, EvaluationStudio } from './evaluationContext';
import { repairInForce } from './repairState';
import { StepRunner, type WorkStatus } from './stepRunner';

// Named here for the views, which see nothing of the evaluation.
export type { BlockInfluence, SamplePicture } from '../evaluation/protocol';

/** What int8 would do to what the recipe leaves. */
export interface Int8Preview {
  readonly found: ReadonlyMap<TensorId, Int8Findings>;
  /** With one scale for each tensor, or each row; absent where the model does not run. */
  readonly perTensor?: Evaluation;
  readonly perChannel?: Evaluation;
}

export interface Understanding {
  readonly status: WorkStatus<'looking'>;
  /** Which of them is under way, or came to `status`. */
  readonly about: 'marks' | 'blocks' | 'int8';
  /** Of the file. */
  readonly rows: ReadonlyMap<TensorId, RowFindings> | null;
  /** Of what the recipe leaves. */
  readonly left: ReadonlyMap<TensorId, RowFindings> | null;
  readonly blocks: readonly BlockInfluence[] | null;
  readonly int8: Int8Preview | null;
}

export const nothingUnderstood: Understanding = {
  status: { kind: 'idle' },
  about: 'marks',
  rows: null,
  left: null,
  blocks: null,
  int8: null,
};

/** What the store gains. Promises never reject: what went wrong is in `understanding.status`. */
export interface UnderstandingSlice {
  readonly understanding: Understanding;
  /** Looks once more at what is not known yet. */
  understand(about: Understanding['about']): Promise<void>;
  cancelUnderstanding(): void;
  /** Of the inputs, by their places in figures by sample, ascending; none where they are no images, or are gone. */
  samplePictures(places: readonly number[]): Promise<readonly SamplePicture[]>;
}

export type UnderstandingStudio = EvaluationStudio & UnderstandingSlice;

export function createUnderstandingSlice(
  context: StudioContext<UnderstandingStudio>,
  evaluation: EvaluationContext,
): { slice: UnderstandingSlice; follow: Follow<UnderstandingStudio> } {
  const { get, set } = context;
  const update = (partial: Partial<Understanding>) => set({ understanding: { ...get().understanding, ...partial } });
  const runner = new StepRunner('looking', (status) => update({ status }));

  return {
    slice: {
      understanding: nothingUnderstood,
      understand: async (about) => {
        update({ about });
        await runner.run(get().recipe, false, async (signal, show) => {
          const { looks } = await import('./understandingRun');
          const found = await looks[about](context, evaluation, signal, show);
          return () => update(found);
        });
      },
      cancelUnderstanding: () => runner.rest(),
      samplePictures: (places) => evaluation.client.call('samplePictures', { places }).catch(() => []),
    },
    follow: (now, previous) => {
      const isOther = now.opened !== previous.opened;
      const isRepaired = repairInForce(now.repair) !== repairInForce(previous.repair);
      const isOtherRecipe = now.settled !== previous.settled || isRepaired;
      const isOtherRun =
        now.evaluation.graph !== previous.evaluation.graph || now.evaluation.inputs !== previous.evaluation.inputs;
      if (!isOther && !isOtherRecipe && !isOtherRun) return;
      const { rows, left, blocks, int8, status } = now.understanding;
      if (isOther) runner.rest();
      if (isOther && now.understanding !== nothingUnderstood) set({ understanding: nothingUnderstood });
      else if ((isOtherRecipe && (left || int8)) || (isOtherRun && (blocks || int8))) {
        update({ rows, status, left: isOtherRecipe ? null : left, blocks: isOtherRun ? null : blocks, int8: null });
      }
    },
  };
}
