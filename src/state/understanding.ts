/** A closer look at the open checkpoint: one at a time, and nothing of it is kept longer than it holds. */
import type { Follow, StudioContext } from './context';
import type { EvaluationContext } from './evaluationContext';
import { repairInForce } from './repairState';
import { StepRunner } from './stepRunner';
import {
  nothingUnderstood,
  type Understanding,
  type UnderstandingSlice,
  type UnderstandingStudio,
} from './understandingState';

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
