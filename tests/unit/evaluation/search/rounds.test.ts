/** The schedule of rounds, and what each of them begins with: no weights, a bench that only counts. */
import { describe, expect, it } from 'vitest';
import type { Evaluation } from '../../../../src/evaluation/protocol';
import { pruneInRounds, type Round, type RoundsBench, roundsTo } from '../../../../src/evaluation/search/rounds';
import { roundsOf } from '../../../../src/pruning/decide';
import type { Recipe } from '../../../../src/pruning/recipe';
import type { Repair } from '../../../../src/pruning/repair';
import type { Program } from '../../../../src/pruning/resolution';
import { fakeBase, fakeModel } from './fakeBench';

const evaluation: Evaluation = { outputs: [], milliseconds: 1 };
const signal = new AbortController().signal;
const model = fakeModel([
  { weights: 600, damage: 1 },
  { weights: 400, damage: 1 },
]);

/** @param refused rounds, from 0, that make the model no better */
function benchOf(refused: readonly number[] = []) {
  const starts: ReadonlyMap<number, Program>[] = [];
  const repairedRecipes: Recipe[] = [];
  const bench: RoundsBench = {
    async resolve(recipe, start) {
      starts.push(start);
      return model.resolve(recipe, signal);
    },
    async repair(_, of) {
      repairedRecipes.push(of);
      const round = repairedRecipes.length - 1;
      if (refused.includes(round)) return { refused: 'No better.' };
      const tensors = model.candidates.map(({ id, name }) => {
        return { tensor: id, name, role: 'pruned' as const, pruned: 1, zeros: 500 };
      });
      const rest = { of: '', file: '', inputs: '', samples: 256, damping: 0.01, between: true, leftOut: [] };
      return { ...rest, id: `round ${round}`, tensors } satisfies Repair;
    },
    evaluate: async () => evaluation,
  };
  return { bench, starts, repairedRecipes };
}

async function all(base: Recipe, bench: RoundsBench): Promise<Round[]> {
  const rounds: Round[] = [];
  for await (const round of pruneInRounds(base, model.candidates, 0.9, bench, signal)) rounds.push(round);
  return rounds;
}

describe('rounds to a sparsity', () => {
  it('begin at half of the weights, take the same share of what is left each time, and end where they should', () => {
    expect(roundsTo(0.9).map((sparsity) => Math.round(sparsity * 100))).toEqual([50, 64, 74, 81, 86, 90]);
    expect(roundsTo(0.4)).toEqual([0.4]);
    expect(roundsTo(0.5)).toEqual([0.5]);
    expect(roundsTo(1).at(-1)).toBe(1);
    expect(roundsTo(1).length).toBeLessThan(15);
    for (const target of [0.55, 0.8, 0.97]) expect(roundsTo(target).at(-1)).toBe(target);
  });

  it('are steps of a recipe whose shares are of what the steps before have left', async () => {
    const rounds = await all(fakeBase, benchOf().bench);
    const { recipe } = rounds.at(-1)!;
    const shares = roundsOf(recipe).map(([rule]) => (rule!.amount as { sparsity: number }).sparsity);
    const left = shares.reduce((rest, share) => rest * (1 - share), 1);
    expect(left).toBeCloseTo(0.1, 5);
    expect(rounds.map((round) => roundsOf(round.recipe).length)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('each begin with what the one before has repaired', async () => {
    const { bench, starts, repairedRecipes } = benchOf();
    const rounds = await all(fakeBase, bench);
    expect(starts[0]!.size).toBe(0);
    expect(starts.slice(1).map((start) => start.get(0)!.at(-1))).toEqual(
      rounds.slice(0, -1).map(({ repair }) => ({ kind: 'values', repair: repair!.id })),
    );
    expect(repairedRecipes).toEqual(rounds.map(({ recipe }) => recipe));
  });

  it('go on without a repair where it made the model no better', async () => {
    const { bench, starts } = benchOf([0]);
    const rounds = await all(fakeBase, bench);
    expect(rounds[0]!.repair).toBeUndefined();
    expect(starts[1]!.get(0)!.some(({ kind }) => kind === 'values')).toBe(false);
    expect(rounds.at(-1)!.repair!.id).toBe('round 5');
  });

  it('end where nobody asks for more', async () => {
    const { bench, repairedRecipes } = benchOf();
    for await (const _ of pruneInRounds(fakeBase, model.candidates, 0.9, bench, signal)) {
      if (repairedRecipes.length === 2) break;
    }
    expect(repairedRecipes).toHaveLength(2);
  });

  it('keep the one rule of the recipe for what it ranks by', async () => {
    const rule = {
      criterion: 'relativeMagnitude',
      granularity: 'weight',
      scope: 'global',
      amount: { sparsity: 0.3 },
    } as const;
    const [round] = await all({ ...fakeBase, rules: [rule] }, benchOf().bench);
    expect(roundsOf(round!.recipe)[0]).toEqual([{ ...rule, amount: { sparsity: 0.5 } }]);
  });
});
