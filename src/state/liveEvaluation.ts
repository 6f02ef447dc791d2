/** The evaluation that follows the recipe: after every committed edit, and while a handle rests. */
import type { Evaluation } from '../evaluation/protocol';
import { firstMetric, metricsOf } from '../evaluation/quality';
import type { Need } from '../pruning/criteria/criterion';
import type { Recipe } from '../pruning/recipe';
import { scoresBy } from '../pruning/ruleLists';
import type { Follow } from './context';
import type { EvaluationContext, EvaluationStudio } from './evaluationContext';
import { atRest } from './evaluationState';

/** A handle that has not moved for this long rests. */
const restMilliseconds = 120;

export interface LiveEvaluation {
  /** @param isKept whether the recipe is more than a handle on its way: it then joins the trail */
  evaluate(recipe: Recipe, isKept: boolean): Promise<void>;
  /** Shows what a recipe was evaluated to. */
  show(recipe: Recipe, evaluation: Evaluation): void;
  /** Gives up what is under way, and says nothing. */
  stop(): void;
  /** Cancels what is under way, which the status then says. */
  cancel(): void;
  close(): void;
  readonly follow: Follow<EvaluationStudio>;
}

/**
 * @param isReady whether the model can be run now
 * @param failed called with what was thrown
 */
export function createLiveEvaluation(
  { studio, client, state, update, bench, point }: EvaluationContext,
  isReady: () => boolean,
  failed: (thrown: unknown) => void,
): LiveEvaluation {
  let evaluating: { readonly recipe: Recipe; readonly controller: AbortController } | undefined;
  let resting: ReturnType<typeof setTimeout> | undefined;
  /** Of `evaluation`. */
  let evaluated: Recipe | undefined;

  const stop = () => {
    evaluating?.controller.abort();
    evaluating = undefined;
  };

  const show = (recipe: Recipe, evaluation: Evaluation) => {
    evaluated = recipe;
    const metrics = metricsOf(evaluation);
    const { metric } = state();
    update({
      evaluation,
      stale: studio.get().recipe !== recipe,
      metrics,
      ...(metrics.includes(metric) ? {} : { metric: firstMetric(metrics) }),
    });
  };

  const evaluate = async (recipe: Recipe, isKept: boolean) => {
    clearTimeout(resting);
    if (!isReady()) return;
    const known = state().trail.find((each) => each.recipe === recipe);
    if (known) {
      stop();
      show(recipe, known.evaluation);
      update({ status: atRest(state()) });
      return;
    }
    if (evaluating?.recipe === recipe) return;
    evaluating?.controller.abort();
    const mine = { recipe, controller: new AbortController() };
    evaluating = mine;
    update({ status: { kind: 'evaluating' } });
    try {
      const result = await bench.run(recipe, mine.controller.signal);
      if (evaluating !== mine) return;
      show(recipe, result.evaluation);
      if (isKept) update({ trail: [...state().trail, point(result, 'edit')] });
      update({ status: atRest(state()) });
    } catch (thrown) {
      if (evaluating === mine) failed(thrown);
    } finally {
      if (evaluating === mine) evaluating = undefined;
    }
  };

  /** The same recipe takes other weights now: what scores are made of beside the weights has changed. */
  const forgetScores = (need: Need) => {
    if (!state().graph) return;
    const isConcerned = (recipe: Recipe | undefined) => recipe !== undefined && scoresBy(need, recipe);
    if (isConcerned(evaluating?.recipe)) stop();
    if (isConcerned(evaluated)) evaluated = undefined;
    const { trail, layerDrift } = state();
    update({
      trail: trail.filter(({ recipe }) => !isConcerned(recipe)),
      layerDrift: isConcerned(studio.get().recipe) ? null : layerDrift,
    });
    client.call('forgetMasks', {}).catch(() => {});
  };

  const follow: Follow<EvaluationStudio> = (now, previous) => {
    if (now.inputNorms !== previous.inputNorms) forgetScores('norms');
    if (now.reference !== previous.reference) forgetScores('reference');
    if (now.recipe === previous.recipe && now.settled === previous.settled) return;
    if (!now.evaluation.graph) return;
    const stale = now.recipe !== evaluated;
    if (stale !== state().stale || state().layerDrift) update({ stale, layerDrift: null });
    if (!state().live) return;
    clearTimeout(resting);
    const isCommitted = now.settled !== previous.settled;
    if (isCommitted) void evaluate(now.recipe, true);
    else resting = setTimeout(() => void evaluate(studio.get().recipe, false), restMilliseconds);
  };

  return {
    evaluate,
    show,
    stop,
    cancel: () => evaluating?.controller.abort(),
    close: () => {
      clearTimeout(resting);
      stop();
      evaluated = undefined;
    },
    follow,
  };
}
