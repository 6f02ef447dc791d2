/** Global amounts over files with several models, and copies that take the masks of others. */
import { describe, expect, it } from 'vitest';
import { population } from '../../../src/pruning/decide';
import { initialRecipe, reset, setIncluded, withMethod, withSparsity } from '../../../src/pruning/edit';
import { asJudged, chooseModel, followTwin, leaveTwin, setAxes, setKind } from '../../../src/pruning/editLayers';
import type { Recipe, Rule } from '../../../src/pruning/recipe';
import { resolve } from '../../../src/pruning/resolve';
import { gradualRecipes } from '../../../src/pruning/schedule';
import { bytesOf } from '../../support/tensors';
import { candidatesOf, recipeOf, settled, type Tensor, tensorOf } from './support';

const global: Rule = { criterion: 'magnitude', granularity: 'weight', scope: 'global', amount: { sparsity: 0.5 } };

function tensor(id: number, model: string, nameInModel: string, scale: number, count = 8): Tensor {
  const values = Array.from({ length: count }, (_, i) => (i + 1) * scale * (i % 2 ? -1 : 1));
  return tensorOf('F32', bytesOf('F32', values), { id, name: `${model}.${nameInModel}`, model, nameInModel });
}

/** The second model's weights are all larger than the first's. */
const tensors = [
  tensor(0, 'a', 'fc.weight', 1),
  tensor(1, 'a', 'out.weight', 2),
  tensor(2, 'b', 'fc.weight', 100),
  tensor(3, 'b', 'out.weight', 200),
];
const candidates = candidatesOf(tensors);
const twins = [{ of: 'a', model: 'b' }];

function prunedOf(recipe: Recipe, of: readonly Tensor[] = tensors): number[] {
  const { outcomes } = settled(recipe, of);
  return of.map(({ candidate }) => outcomes.get(candidate.id)?.pruned ?? -1);
}

describe('a global amount', () => {
  it('is taken of each model for itself', () => {
    expect(prunedOf(recipeOf(global))).toEqual([6, 2, 6, 2]);
    const one = tensors.map((each) => {
      const { model: _, nameInModel: __, ...candidate } = each.candidate;
      return { ...each, candidate };
    });
    expect(prunedOf(recipeOf(global), one)).toEqual([8, 8, 0, 0]);
  });

  it('counts in each', () => {
    expect(prunedOf(recipeOf({ ...global, amount: { count: 6 } }))).toEqual([4, 2, 4, 2]);
  });

  it('may not be above what one of them has', () => {
    expect(() => resolve(recipeOf({ ...global, amount: { count: 17 } }), candidates, new Map())).toThrow(
      'rules[0] prunes 17 weights, but the 2 tensors it decides for in a have only 16.',
    );
  });

  it.each(['erk', 'lamp'] as const)('of the scope %s is shared out in each', (scope) => {
    const alone = prunedOf(recipeOf({ ...global, scope }), tensors.slice(0, 2));
    expect(prunedOf(recipeOf({ ...global, scope }))).toEqual([...alone, ...alone]);
  });

  it('as a threshold is one for all', () => {
    expect(prunedOf(recipeOf({ ...global, amount: { threshold: 8 } }))).toEqual([8, 4, 0, 0]);
  });
});

it('experts have the density that one of them has', () => {
  const shaped = (id: number, shape: readonly number[], copies: { copies?: number[] }) => {
    const count = shape.reduce((all, size) => all * size, 1);
    const values = Array.from({ length: count }, (_, i) => i + 1);
    const [outputs, inputs] = [shape.length - 2, shape.length - 1];
    return tensorOf('F32', bytesOf('F32', values), {
      id,
      shape,
      axes: { outputs: [outputs], inputs: [inputs], ...copies },
    });
  };
  const rule: Rule = { ...global, scope: 'erk', amount: { sparsity: 0.8 } };
  const [expert, experts] = prunedOf(recipeOf(rule), [
    shaped(0, [16, 24], {}),
    shaped(1, [4, 16, 24], { copies: [0] }),
  ]);
  expect(Math.abs(experts! / 4 - expert!)).toBeLessThanOrEqual(1);
});

describe('a model that takes the masks of another', () => {
  it('has outcomes like those, and is in where they are', () => {
    const recipe = { ...recipeOf({ ...global, tensors: ['a.fc.*', 'b.out.*'] }), twins };
    const { outcomes, pending } = settled(recipe, tensors);
    expect(pending).toEqual([]);
    expect([...outcomes.keys()]).toEqual([0, 2]);
    const { program } = outcomes.get(0)!;
    expect(outcomes.get(2)).toEqual({
      rule: 0,
      program: [{ kind: 'same', as: 0, name: 'a.fc.weight', program }],
      pruned: 4,
      zeros: 4,
      exact: true,
    });
    expect(population(recipe, candidates)).toEqual(new Set([0, 2]));
  });

  it('is not ranked, nor counted by amounts', () => {
    expect(prunedOf({ ...recipeOf(global), twins })).toEqual([6, 2, 6, 2]);
    const reversed = { ...recipeOf(global), twins: [{ of: 'b', model: 'a' }] };
    expect(prunedOf(reversed)).toEqual([6, 2, 6, 2]);
  });

  it('asks for its zeros where it has some already', () => {
    const values = [0, 1, 2, 0, 3, 4, 5, 6];
    const withZeros = tensorOf('F32', bytesOf('F32', values), {
      id: 2,
      name: 'b.fc',
      model: 'b',
      nameInModel: 'fc.weight',
    });
    const both = candidatesOf([tensors[0]!, withZeros]);
    const first = resolve({ ...recipeOf({ ...global, amount: { threshold: 4.5 } }), twins }, both, new Map());
    expect(first.outcomes.get(2)).toMatchObject({ pruned: 4, exact: false });
    expect(first.pending).toEqual([{ kind: 'counts', tensor: 2, after: first.outcomes.get(2)!.program }]);
  });

  it('leaves a tensor of another shape as it is', () => {
    const wider = [...tensors.slice(0, 3), tensor(3, 'b', 'out.weight', 200, 10)];
    expect(prunedOf({ ...recipeOf(global), twins }, wider)).toEqual([6, 2, 6, -1]);
  });
});

describe('edits', () => {
  const head = { layers: [{ tensors: ['x'], kind: 'conv' as const }], locked: ['y'], twins };
  const full: Recipe = { ...recipeOf(global), ...head };

  it('of rules keep what a recipe says beside them', () => {
    const target = { scope: 'model' } as const;
    const edited = [
      withSparsity(full, candidates, target, 0.3),
      withMethod(full, candidates, { scope: 'layers', names: ['a.fc.weight'] }, { ...global, scope: 'layer' }),
      withMethod(full, candidates, target, { ...global, criterion: 'signed' }),
      reset(full, candidates, target),
      setIncluded(full, candidates, [0], false),
      ...gradualRecipes(full, 0, 2),
    ];
    for (const recipe of edited) expect(recipe).toMatchObject(head);
  });

  it('set and take back what a tensor is', () => {
    const kind = setKind(initialRecipe(), ['fc.*'], 'linear');
    expect(kind.layers).toEqual([{ tensors: ['fc.*'], kind: 'linear' }]);
    const axes = setAxes(setKind(kind, ['other'], 'conv'), ['fc.*'], { outputs: [1], inputs: [0] });
    expect(axes.layers).toEqual([
      { tensors: ['other'], kind: 'conv' },
      { tensors: ['fc.*'], kind: 'linear', outputs: [1], inputs: [0] },
    ]);
    expect(asJudged(asJudged(axes, ['other']), ['fc.*'])).toEqual(initialRecipe());
  });

  it('let a model follow another and leave it', () => {
    const follows = followTwin(initialRecipe(), 'b', 'a');
    expect(follows.twins).toEqual(twins);
    expect(followTwin(follows, 'a', 'b').twins).toEqual([{ of: 'b', model: 'a' }]);
    expect(followTwin(follows, 'a', 'c').twins).toEqual([
      { of: 'c', model: 'b' },
      { of: 'c', model: 'a' },
    ]);
    expect(leaveTwin(follows, 'b')).toEqual(initialRecipe());
  });

  it('choose one model of several', () => {
    const only = chooseModel(followTwin(recipeOf(global), 'b', 'a'), candidates, 'b');
    expect(population(only, candidates)).toEqual(new Set([2, 3]));
    const other = chooseModel(only, candidates, 'a');
    expect(population(other, candidates)).toEqual(new Set([0, 1]));
    expect(prunedOf(other)).toEqual([6, 2, -1, -1]);
  });
});
