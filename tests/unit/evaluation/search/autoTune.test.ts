import { describe, expect, it } from 'vitest';
import { metricValue } from '../../../../src/evaluation/quality';
import { autoTune, type TuneGoal } from '../../../../src/evaluation/search/autoTune';
import type { Trial } from '../../../../src/evaluation/search/bench';
import { defaultLadder, measureSensitivity } from '../../../../src/evaluation/search/sensitivity';
import { verdictOn } from '../../../../src/evaluation/search/verdict';
import { roundsOf } from '../../../../src/pruning/decide';
import { type FakeLayer, fakeBase, fakeModel } from './fakeBench';

const never = new AbortController().signal;

/** One that minds, and one that hardly does. */
const unlike = [
  { weights: 1000, damage: 4 },
  { weights: 1000, damage: 0.04 },
];

async function tuned(layers: readonly FakeLayer[], goal: TuneGoal, signal = never) {
  const model = fakeModel(layers);
  const { candidates } = model;
  const { curves } = await measureSensitivity(fakeBase, candidates, defaultLadder, model, never, () => {});
  const before = model.tried.length;
  const found = await autoTune(goal, fakeBase, candidates, curves, { search: model }, signal);
  return { found, evaluations: model.tried.length - before };
}

const judging = { original: { milliseconds: 1, delivery: 'inputs', deliveryReason: '' }, samples: 8 } as const;

const drift = ({ evaluation }: Trial) => metricValue(evaluation, 'relativeL2')!;
const sparsitiesIn = ({ recipe }: Trial) =>
  roundsOf(recipe)
    .flat()
    .map(({ amount }) => (amount && 'sparsity' in amount ? amount.sparsity : Number.NaN));

describe('the best at a sparsity', () => {
  const goal: TuneGoal = { kind: 'best', metric: 'relativeL2', sparsity: 0.5 };

  it('takes from the layer that minds least, and beats one global threshold with as many zeros', async () => {
    const { found } = await tuned(unlike, goal);
    const { best, global } = found!;
    expect(best.sparsity).toBeCloseTo(0.5, 3);
    expect(global.zeros).toBe(best.zeros);
    // By Lagrange: all but 1 % of what goes is of the second layer.
    const [minding, sturdy] = sparsitiesIn(best);
    expect(minding).toBeLessThan(0.05);
    expect(sturdy).toBeGreaterThan(0.95);
    expect(drift(best)).toBeLessThan(0.3 * drift(global));
    const verdict = verdictOn(found, goal, judging);
    expect(verdict).toMatch(
      /^At 50.0 % sparsity on the 8 inputs of the search, too few to judge on others: Relative L2 0\.\d+\. /,
    );
    // Nothing says how sure that is.
    expect(verdict).toMatch(/ One global magnitude threshold has [01]\.\d+\.$/);
  });

  it('is the same whichever metric asks: all rank by how far outputs moved', async () => {
    const [byDrift, byCosine] = await Promise.all([tuned(unlike, goal), tuned(unlike, { ...goal, metric: 'cosine' })]);
    expect(byCosine.found!.best.recipe).toEqual(byDrift.found!.best.recipe);
  });

  it('is one share for all where layers are alike', async () => {
    const { found } = await tuned([unlike[0]!, unlike[0]!], goal);
    expect(sparsitiesIn(found!.best)).toEqual([expect.closeTo(0.5, 1), expect.closeTo(0.5, 1)]);
    expect(drift(found!.best)).toBeCloseTo(drift(found!.global), 2);
  });

  it('ends after a few dozen evaluations, however many layers there are', async () => {
    const { evaluations } = await tuned(
      Array.from({ length: 40 }, (_, i) => ({ weights: 100, damage: i })),
      goal,
    );
    expect(evaluations).toBeLessThanOrEqual(45);
  });
});

describe('the sparsest within a limit', () => {
  it('meets it, and another percent would not', async () => {
    const { found } = await tuned(unlike, { kind: 'sparsest', metric: 'relativeL2', limit: 0.5 });
    const { best } = found!;
    expect(drift(best)).toBeLessThanOrEqual(0.5);
    // The best there is: the second whole, and of the first (0.25 - 0.04) / 4 under the root.
    const most = (1 + Math.sqrt((0.25 - 0.04) / 4)) / 2;
    expect(best.sparsity).toBeGreaterThan(most - 0.01);
    expect(best.sparsity).toBeLessThanOrEqual(most + 1e-3);
  });

  it('steps back where the inputs that judge do not let it pass', async () => {
    const model = fakeModel(unlike);
    const { curves } = await measureSensitivity(fakeBase, model.candidates, defaultLadder, model, never, () => {});
    const goal: TuneGoal = { kind: 'sparsest', metric: 'relativeL2', limit: 0.5 };
    const found = await autoTune(goal, fakeBase, model.candidates, curves, { search: model, verdict: model }, never, {
      // They suffer more than those that are searched.
      isWithin: (trial, part) => drift(trial) <= (part === 'search' ? 0.5 : 0.3),
    });
    expect(drift(found!.best)).toBeLessThanOrEqual(0.3);
    expect(found!.best.sparsity).toBeGreaterThan(0.2);
  });

  it('is not there where already the unpruned model misses the goal', async () => {
    const goal: TuneGoal = { kind: 'sparsest', metric: 'relativeL2', limit: -1 };
    const { found, evaluations } = await tuned(unlike, goal);
    expect(found).toBeUndefined();
    expect(evaluations).toBe(1);
    expect(verdictOn(found, goal, judging)).toBe('Already the unpruned model misses this goal for Relative L2.');
  });
});

it('stops when it is cancelled', async () => {
  const goal: TuneGoal = { kind: 'best', metric: 'relativeL2', sparsity: 0.5 };
  await expect(tuned(unlike, goal, AbortSignal.abort())).rejects.toThrow();
});
