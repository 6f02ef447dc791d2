/** A model without weights: what pruning does to it is a formula, and every recipe that was tried is known. */
import type { Bench, Trial } from '../../../../src/evaluation/search/bench';
import { at } from '../../../../src/lib/known';
import { decide, roundsOf } from '../../../../src/pruning/decide';
import type { Recipe } from '../../../../src/pruning/recipe';
import type { Candidate, Outcome } from '../../../../src/pruning/resolution';
import { tensorOfValues } from '../../pruning/support';

export interface FakeLayer {
  readonly weights: number;
  /** How much the output suffers when all of it goes: `damage · sparsity²`, over layers that adds up. */
  readonly damage: number;
}

export interface FakeModel extends Bench {
  readonly candidates: readonly Candidate[];
  readonly tried: readonly Recipe[];
}

const empty: Recipe = { format: 'secateur-recipe', version: 1, rules: [] };
export const fakeBase = empty;

/** One global threshold takes the same share of every layer: such are the weights. */
export function fakeModel(layers: readonly FakeLayer[]): FakeModel {
  const candidates = layers.map(({ weights }, id) => {
    const { candidate } = tensorOfValues('F32', [1, 2, 3, 4], id);
    return { ...candidate, statistics: { ...candidate.statistics, count: weights, zeros: 0 } };
  });
  const total = layers.reduce((sum, { weights }) => sum + weights, 0);
  const tried: Recipe[] = [];
  const zerosIn = (recipe: Recipe): number[] => {
    const rules = roundsOf(recipe).flat();
    return Array.from(decide(rules, candidates), (rule, i) => {
      const { amount } = rules[rule] ?? {};
      if (!amount) return 0;
      const { weights } = at(layers, i);
      if ('sparsity' in amount) return Math.round(amount.sparsity * weights);
      if ('count' in amount) return (amount.count * weights) / total;
      throw new Error(`No such amount here: ${JSON.stringify(amount)}.`);
    });
  };
  return {
    candidates,
    tried,
    resolve: async (recipe) => {
      const outcome = (zeros: number): Outcome => ({ rule: 0, program: [], pruned: zeros, zeros, exact: true });
      return { outcomes: new Map(zerosIn(recipe).map((zeros, id) => [id, outcome(zeros)])), pending: [] };
    },
    run: async (recipe, signal): Promise<Trial> => {
      signal.throwIfAborted();
      tried.push(recipe);
      const zeros = zerosIn(recipe);
      const distortion = layers.reduce(
        (sum, { weights, damage }, i) => sum + damage * (at(zeros, i) / weights) ** 2,
        0,
      );
      const relativeL2 = Math.sqrt(distortion);
      const output = { name: 'y', shape: [1, 2], cosine: 1, relativeL2, maxAbsolute: relativeL2 };
      const sum = zeros.reduce((all, each) => all + each, 0);
      return { recipe, evaluation: { outputs: [output], milliseconds: 1 }, sparsity: sum / total, zeros: sum };
    },
  };
}
