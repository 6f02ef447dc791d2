import { describe, expect, it } from 'vitest';
import {
  type BudgetGroup,
  fewestSteps,
  goneAfter,
  measuredCounts,
  stepsOf,
} from '../../../../src/evaluation/slim/budget';

/** Channels that save as much each. */
function group(counts: readonly number[], damages: readonly number[], saved = 0.1): BudgetGroup {
  const points = counts.slice(1).map((gone, i) => ({ gone, damage: damages[i]!, saved: (i + 1) * saved }));
  return { counts, points };
}

describe('a budget is shared out', () => {
  it('by damage for what is saved, least first', () => {
    const steps = stepsOf([group([0, 4, 8], [1, 3]), group([0, 4, 8], [0.5, 2])]);
    expect(steps.map(({ group: of, gone }) => [of, gone])).toEqual([
      [1, 4],
      [0, 4],
      [1, 8],
      [0, 8],
    ]);
  });

  it('by what a channel saves, too', () => {
    const [first] = stepsOf([group([0, 4], [1], 0.1), group([0, 4], [2], 0.4)]);
    expect(first).toEqual({ group: 1, gone: 4 });
  });

  it('so that what is broken already is not cheap to break further', () => {
    // The first step costs 5, all others nothing: outputs can be no worse.
    const steps = stepsOf([group([0, 1, 2, 3], [5, 5, 5]), group([0, 1, 2, 3], [1, 2, 3])]);
    expect(steps.slice(0, 3).map(({ group: of }) => of)).toEqual([1, 1, 1]);
  });

  it('to groups that are all alike in the order of the graph', () => {
    const alike = [group([0, 4], [0]), group([0, 4], [0]), group([0, 4], [0])];
    expect(stepsOf(alike).map(({ group: of }) => of)).toEqual([0, 1, 2]);
  });

  it('last to groups without which the model gives no numbers', () => {
    const steps = stepsOf([group([0, 4], [Number.NaN]), group([0, 4], [100])]);
    expect(steps.map(({ group: of }) => of)).toEqual([1, 0]);
  });
});

describe('as few steps are taken as the target needs', () => {
  const groups = [group([0, 4, 8], [1, 3]), group([0, 4, 8], [0.5, 2])];
  const steps = stepsOf(groups);
  const remaining = async (gone: readonly number[]) => 1 - (gone[0]! + gone[1]!) / 20;

  it('and no more', async () => {
    expect(await fewestSteps(steps, groups, 0.6, remaining)).toEqual({ gone: [4, 4] });
    expect(await fewestSteps(steps, groups, 0.9, remaining)).toEqual({ gone: [0, 4] });
  });

  it('and those taken back that turned out not to be needed', async () => {
    // Once the second group has lost a lot, what the first one lost hardly matters.
    const skewed = async (gone: readonly number[]) => (gone[1] === 8 ? 0.3 : 0.9 - gone[0]! / 100);
    expect(await fewestSteps(steps, groups, 0.5, skewed)).toEqual({ gone: [0, 8] });
  });

  it('none where so much may remain', async () => {
    expect(await fewestSteps(steps, groups, 1, remaining)).toEqual({ gone: [0, 0] });
  });

  it('or it is said what remains at least', async () => {
    const least = 1 - 16 / 20;
    expect(await fewestSteps(steps, groups, 0.1, remaining)).toEqual({ least });
    expect(goneAfter(steps, steps.length, 2)).toEqual([8, 8]);
  });
});

it('damage is measured at some counts, the last among them', () => {
  expect(measuredCounts([0, 8, 16, 24], 4)).toEqual([8, 16, 24]);
  expect(
    measuredCounts(
      Array.from({ length: 64 }, (_, i) => 8 * i),
      4,
    ),
  ).toEqual([128, 256, 376, 504]);
});
