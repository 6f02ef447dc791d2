/** The evaluation that follows the recipe: after every committed edit, and while a handle rests. */
import { firstMetric, metricsOf } from '../evaluation/quality';
import type { Trial } from '../evaluation/search/bench';
import type { TrailPoint } from '../evaluation/search/trail';
import type { Need } from '../pruning/criteria/criterion';
import type { Recipe } from '../pruning/recipe';
import { scoresBy } from '../pruning/ruleLists';
import type { Follow } from './context';
import type { EvaluationContext, EvaluationStudio } from './evaluationContext';
import { atRest } from './evaluationState';
import { isPrunedAlike } from './repairState';

/** A handle that has not moved for this long rests. What begins too soon costs little: it stops after a batch. */
const restMilliseconds = 50;

export interface LiveEvaluation {
  /** @param isKept whether the recipe is more than a handle on its way: it then joins the trail */
  evaluate(recipe: Recipe, isKept: boolean): Promise<void>;
  /** Shows what a recipe was evaluated to. */
  show(trial: Shown): void;
  /** Gives up what is under way, and says nothing. */
  stop(): void;
  /** Cancels what is under way, which the status then says. */
  cancel(): void;
  close(): void;
  readonly follow: Follow<EvaluationStudio>;
}

/** A recipe that was evaluated on all inputs. */
type Shown = Pick<Trial, 'recipe' | 'evaluation' | 'sparsity'>;

/**
 * @param isReady whether the model can be run now
 * @param failed called with what was thrown
 */
export function createLiveEvaluation(
  { studio, client, state, update, bench, point }: EvaluationContext,
  isReady: () => boolean,
  failed: (thrown: unknown) => void,
): LiveEvaluation {
  let evaluating: { readonly recipe: Recipe; readonly controller: AbortController; isKept: boolean } | undefined;
  let resting: ReturnType<typeof setTimeout> | undefined;
  /** What `evaluation` is of. */
  let shown: Shown | undefined;

  const stop = () => {
    clearTimeout(resting);
    resting = undefined;
    evaluating?.controller.abort();
    evaluating = undefined;
    if (state().partial) update({ partial: null });
  };

  const giveUp = () => {
    if (!evaluating && resting === undefined) return;
    stop();
    update({ status: atRest(state()) });
  };

  const show = (trial: Shown) => {
    const { recipe, evaluation } = trial;
    shown = trial;
    const metrics = metricsOf(evaluation);
    const { metric } = state();
    update({
      evaluation,
      partial: null,
      stale: studio.get().recipe !== recipe,
      metrics,
      ...(metrics.includes(metric) ? {} : { metric: firstMetric(metrics) }),
    });
  };

  const keep = (trial: Shown) => {
    if (!state().trail.some((each) => isPruned(each, trial.recipe))) {
      update({ trail: [...state().trail, point(trial, 'edit')] });
    }
  };

  const evaluate = async (recipe: Recipe, isKept: boolean) => {
    clearTimeout(resting);
    resting = undefined;
    if (!isReady()) return;
    const isShown = shown?.recipe === recipe && shown.evaluation === state().evaluation;
    const known = isShown ? shown : state().trail.find((each) => isPruned(each, recipe));
    if (known) {
      stop();
      const trial = { ...known, recipe };
      show(trial);
      if (isKept) keep(trial);
      update({ status: atRest(state()) });
      return;
    }
    if (evaluating?.recipe === recipe) {
      evaluating.isKept ||= isKept;
      return;
    }
    stop();
    const mine = { recipe, controller: new AbortController(), isKept };
    evaluating = mine;
    update({ status: { kind: 'evaluating' } });
    try {
      const trial = await bench.run(recipe, mine.controller.signal, (partial, samples) => {
        if (evaluating === mine && studio.get().recipe === recipe) update({ partial: { ...partial, samples } });
      });
      if (evaluating !== mine) return;
      show(trial);
      if (mine.isKept) keep(trial);
      update({ status: atRest(state()) });
    } catch (thrown) {
      if (evaluating === mine) {
        update({ partial: null });
        failed(thrown);
      }
    } finally {
      if (evaluating === mine) evaluating = undefined;
    }
  };

  /** The same recipe takes other weights now: what scores are made of beside the weights has changed. */
  const forgetScores = (need: Need) => {
    if (!state().graph) return;
    const isConcerned = (recipe: Recipe | undefined) => recipe !== undefined && scoresBy(need, recipe);
    if (isConcerned(evaluating?.recipe)) giveUp();
    if (isConcerned(shown?.recipe)) shown = undefined;
    const { trail, layerDrift } = state();
    update({
      trail: trail.filter(({ recipe }) => !isConcerned(recipe)),
      layerDrift: isConcerned(studio.get().recipe) ? null : layerDrift,
    });
    client.call('forgetMasks', {}).catch(() => {});
  };

  const follow: Follow<EvaluationStudio> = (now, previous) => {
    if (now.inputNorms !== previous.inputNorms) forgetScores('norms');
    if (now.inputMoments !== previous.inputMoments) forgetScores('moments');
    if (now.reference !== previous.reference) forgetScores('reference');
    if (now.recipe === previous.recipe && now.settled === previous.settled) return;
    if (!now.evaluation.graph) return;
    const isCommitted = now.settled !== previous.settled;
    // A handle's recipe is another in every frame; a committed one may only have been repaired.
    const isShown = now.recipe === shown?.recipe || (isCommitted && shown && isPrunedAlike(now.recipe, shown.recipe));
    const stale = !isShown;
    if (stale !== state().stale || state().layerDrift) update({ stale, layerDrift: null });
    if (now.recipe !== previous.recipe && state().partial) update({ partial: null });
    if (!state().live) return;
    if (isCommitted) void evaluate(now.recipe, true);
    else if (evaluating?.recipe !== now.recipe) rest();
  };

  /** What runs is of a recipe that is gone: the next has the machine for itself. */
  const rest = () => {
    if (!isReady()) return;
    stop();
    if (state().status.kind !== 'evaluating') update({ status: { kind: 'evaluating' } });
    resting = setTimeout(() => void evaluate(studio.get().recipe, false), restMilliseconds);
  };

  return {
    evaluate,
    show,
    stop,
    cancel: giveUp,
    close: () => {
      stop();
      shown = undefined;
    },
    follow,
  };
}

/** Whether a point is of what a recipe prunes, without a repair. */
function isPruned({ origin, recipe }: TrailPoint, other: Recipe): boolean {
  return origin !== 'repaired' && isPrunedAlike(recipe, other);
}
