/** What searches try recipes on: the open checkpoint, its graph and its inputs. */

import type { Engine } from '../../engine/protocol';
import type { AnswerCache } from '../../engine/recipe/answerCache';
import { settle } from '../../engine/recipe/settle';
import { modelOutcome } from '../../pruning/modelOutcome';
import type { Recipe } from '../../pruning/recipe';
import type { Candidate, Resolution } from '../../pruning/resolution';

import type { Evaluation, EvaluationCalls, EvaluationProgress, Outcomes, PartialEvaluation, Parts } from '../protocol';

/** An evaluated recipe. */
export interface Trial {
  readonly recipe: Recipe;
  readonly evaluation: Evaluation;
  /** Of the weights that are in, 0 to 1. */
  readonly sparsity: number;
  /** Among the weights that are in. */
  readonly zeros: number;
}

export interface Bench {
  /** Exactly, without running the model. @throws CheckpointError whatever the engine threw, `cancelled` */
  resolve(recipe: Recipe, signal: AbortSignal): Promise<Resolution>;
  /**
   * @param partial told what the first of the samples come to
   * @throws CheckpointError whatever the engine or the evaluation threw, `cancelled`
   */
  run(recipe: Recipe, signal: AbortSignal, partial?: TakePartial): Promise<Trial>;
}

/** @param samples that count so far */
export type TakePartial = (partial: PartialEvaluation, samples: number) => void;

/** @returns outcomes with the weights that stay fitted anew; those given where that does not help */
export type RepairCandidate = (recipe: Recipe, outcomes: Outcomes, signal: AbortSignal) => Promise<Outcomes>;

/**
 * A bench over an engine and an evaluation, whatever threads they are on.
 * @param candidatesFor the open checkpoint's tensors as a recipe has them
 * @param answers what was looked up in the open checkpoint
 * @param part of the inputs that it runs on, once they are split; absent: all
 * @param repair what is run in the place of what a recipe prunes
 */
export function createBench(
  engine: Engine,
  evaluation: EvaluationCalls,
  candidatesFor: (recipe: Recipe) => readonly Candidate[],
  answers: () => AnswerCache,
  part?: keyof Parts,
  repair?: RepairCandidate,
): Bench {
  const resolve: Bench['resolve'] = (recipe, signal) =>
    settle(recipe, candidatesFor(recipe), answers(), (requests) => engine.call('lookUp', { requests }, { signal }));
  return {
    resolve,
    run: async (recipe, signal, take) => {
      const resolution = await resolve(recipe, signal);
      const progress = ({ partial, done }: EvaluationProgress) => {
        if (partial && !signal.aborted) take?.(partial, done);
      };
      const outcomes = repair ? await repair(recipe, resolution.outcomes, signal) : resolution.outcomes;
      const result = await evaluation.call('evaluate', { outcomes, part }, { signal, progress });
      const { sparsity, zeros } = modelOutcome(candidatesFor(recipe), resolution);
      return { recipe, evaluation: result, sparsity, zeros };
    },
  };
}
