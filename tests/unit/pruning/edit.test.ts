import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide, population, roundsOf } from '../../../src/pruning/decide';
import {
  type EditTarget,
  initialRecipe,
  reset,
  setIncluded,
  withMethod,
  withSparsity,
  withThreshold,
} from '../../../src/pruning/edit';
import { exactPattern } from '../../../src/pruning/glob';
import type { Method } from '../../../src/pruning/method';
import { formatRecipe, parseRecipe } from '../../../src/pruning/parseRecipe';
import type { Amount, Recipe, Rule } from '../../../src/pruning/recipe';
import type { Candidate } from '../../../src/pruning/resolution';
import { resolve } from '../../../src/pruning/resolve';
import { type LayerKind, layerKinds } from '../../../src/tensors/tensor';
import { measured, recipeOf } from './support';

function candidate(id: number, name: string, about: Partial<Candidate> = {}): Candidate {
  const weights = Float32Array.from({ length: 4 + id }, (_, i) => (i % 2 ? -1 : 1) * (i + 1) * 0.1);
  return {
    id,
    name,
    aliases: [],
    kind: 'linear',
    dtype: 'F32',
    shape: [1, weights.length],
    byDefault: true,
    statistics: measured('F32', new Uint8Array(weights.buffer)),
    ...about,
  };
}

/** Everything an edit can meet: kinds that are off by default, tied weights, and names that read like globs. */
const candidates = [
  candidate(0, 'conv1.weight', { kind: 'conv' }),
  candidate(1, 'conv1.bias', { kind: 'bias', byDefault: false }),
  candidate(2, 'conv2.weight', { kind: 'conv' }),
  candidate(3, 'embed.weight', { kind: 'embedding', byDefault: false, aliases: ['head.weight'] }),
  candidate(4, 'encoder.weight', { aliases: ['decoder.weight'] }),
  candidate(5, 'blocks[1].weight'),
  candidate(6, 'blocks1.weight'),
];
const [conv1, bias, conv2, embed, encoder] = candidates as [Candidate, Candidate, Candidate, Candidate, Candidate];

function rule(about: Partial<Rule> = {}): Rule {
  return { criterion: 'magnitude', granularity: 'weight', scope: 'global', amount: { sparsity: 0.5 }, ...about };
}

const layers = (...chosen: Candidate[]): EditTarget => ({ scope: 'layers', names: chosen.map(({ name }) => name) });
const model: EditTarget = { scope: 'model' };
const half = recipeOf(rule());

describe('an edit of the whole model', () => {
  it('takes the place of a pattern, which has no amount', () => {
    const pattern = recipeOf({ criterion: 'magnitude', granularity: { n: 2, m: 4 }, scope: 'layer' });
    expect(withSparsity(pattern, candidates, model, 0.7)).toEqual(recipeOf(rule({ amount: { sparsity: 0.7 } })));
  });

  it('sets the amount of the one rule there is, which shares it out as it did', () => {
    const recipe = recipeOf(rule({ scope: 'layer', kinds: ['conv'] }));
    expect(withSparsity(recipe, candidates, model, 0.7)).toEqual(
      recipeOf(rule({ scope: 'layer', kinds: ['conv'], amount: { sparsity: 0.7 } })),
    );
  });

  it('makes several rules one, with the same tensors in', () => {
    const recipe = recipeOf(rule({ exclude: ['conv2.weight'] }), rule({ tensors: ['conv1.bias'] }));
    expect(withThreshold(recipe, candidates, model, 0.1)).toEqual(
      recipeOf(rule({ tensors: ['*', 'conv1.bias'], exclude: ['conv2.weight'], amount: { threshold: 0.1 } })),
    );
  });

  it('lists what is in where that is less than what is out', () => {
    const recipe = recipeOf(rule({ kinds: ['conv'] }), rule({ tensors: ['conv2.weight'], amount: { count: 1 } }));
    expect(withThreshold(recipe, candidates, model, 0.1)).toEqual(
      recipeOf(rule({ tensors: ['conv1.weight', 'conv2.weight'], amount: { threshold: 0.1 } })),
    );
  });

  it('makes steps one rule', () => {
    const recipe: Recipe = { format: 'secateur-recipe', version: 1, steps: [[rule()], [rule()]] };
    expect(withSparsity(recipe, candidates, model, 0.6)).toEqual(recipeOf(rule({ amount: { sparsity: 0.6 } })));
  });

  it('prunes nothing where nothing is in', () => {
    expect(withSparsity(recipeOf(), candidates, model, 0.5)).toEqual(recipeOf());
  });

  it('stays signed where every rule is', () => {
    const signed = [rule({ criterion: 'signed' }), rule({ criterion: 'signed', tensors: ['conv1.bias'] })];
    expect(roundsOf(withThreshold(recipeOf(...signed), candidates, model, 0))[0]![0]!.criterion).toBe('signed');
    expect(roundsOf(withThreshold(recipeOf(signed[0]!, rule()), candidates, model, 0))[0]![0]!.criterion).toBe(
      'magnitude',
    );
  });
});

describe('an edit of some layers', () => {
  it('adds a rule of their own, ranked together where there are several', () => {
    expect(withSparsity(half, candidates, layers(conv1, conv2), 0.9)).toEqual(
      recipeOf(rule(), rule({ tensors: ['conv1.weight', 'conv2.weight'], amount: { sparsity: 0.9 } })),
    );
    expect(withThreshold(half, candidates, layers(conv1), 0.1)).toEqual(
      recipeOf(rule(), rule({ tensors: ['conv1.weight'], scope: 'layer', amount: { threshold: 0.1 } })),
    );
  });

  it('takes the place of the last one of the same layers', () => {
    const once = withThreshold(half, candidates, layers(conv1, conv2), 0.1);
    const twice = withThreshold(once, candidates, layers(conv2, conv1), 0.2);
    expect(roundsOf(twice)[0]).toHaveLength(2);
    const apart = withThreshold(twice, candidates, layers(conv1), 0.3);
    expect(roundsOf(apart)[0]!.map(({ tensors }) => tensors)).toEqual([undefined, ['conv2.weight'], ['conv1.weight']]);
  });

  it('takes the place of a rule that names them otherwise', () => {
    const recipe = recipeOf(rule(), rule({ tensors: ['decoder.weight'], amount: { sparsity: 1 } }));
    expect(roundsOf(withThreshold(recipe, candidates, layers(encoder), 0.3))[0]).toHaveLength(2);
  });

  it('leaves them out of the steps before the last', () => {
    const recipe: Recipe = {
      format: 'secateur-recipe',
      version: 1,
      steps: [[rule({ tensors: ['decoder.weight', 'conv1.weight'] })], [rule()]],
    };
    expect(withThreshold(recipe, candidates, layers(encoder), 0.3)).toEqual({
      ...recipe,
      steps: [
        [rule({ tensors: ['conv1.weight'] })],
        [rule(), rule({ tensors: ['encoder.weight'], scope: 'layer', amount: { threshold: 0.3 } })],
      ],
    });
  });

  it('of no layers changes nothing', () => {
    expect(withThreshold(half, candidates, layers(), 0.1)).toBe(half);
  });
});

describe('another method', () => {
  const filters: Rule['granularity'] = { dim: 0, norm: 2 };
  const structured: Method = { criterion: 'magnitude', granularity: filters, scope: 'layer' };

  it('keeps a fraction, and not a threshold of another scale', () => {
    expect(withMethod(half, candidates, model, structured)).toEqual(
      recipeOf({ ...structured, amount: { sparsity: 0.5 } }),
    );
    const placed = recipeOf(rule({ amount: { threshold: 0.1 } }));
    expect(withMethod(placed, candidates, model, structured)).toEqual(
      recipeOf({ ...structured, amount: { sparsity: 0 } }),
    );
    const signed: Method = { criterion: 'signed', granularity: 'weight', scope: 'layer' };
    expect(withMethod(placed, candidates, model, signed)).toEqual(recipeOf({ ...signed, amount: { threshold: 0.1 } }));
  });

  it('takes the amount that comes with it', () => {
    const method: Method = { ...structured, amount: { count: 2 } };
    expect(withMethod(half, candidates, layers(conv1), method)).toEqual(
      recipeOf(rule(), { tensors: ['conv1.weight'], ...method }),
    );
  });

  it('takes a pattern for the share of it that goes', () => {
    const pattern: Method = { criterion: 'magnitude', granularity: { n: 1, m: 4 }, scope: 'layer' };
    const recipe = withMethod(half, candidates, model, pattern);
    expect(recipe).toEqual(recipeOf(pattern));
    expect(withMethod(recipe, candidates, model, structured)).toEqual(
      recipeOf({ ...structured, amount: { sparsity: 0.75 } }),
    );
  });

  it('makes one rule of layers with one amount', () => {
    const recipe = recipeOf(rule(), rule({ tensors: ['conv2.weight'], amount: { sparsity: 0.9 } }));
    expect(withMethod(recipe, candidates, layers(conv1, conv2, encoder), structured)).toEqual(
      recipeOf(
        rule(),
        { tensors: ['conv1.weight', 'encoder.weight'], ...structured, amount: { sparsity: 0.5 } },
        { tensors: ['conv2.weight'], ...structured, amount: { sparsity: 0.9 } },
      ),
    );
  });

  it('stays when a threshold is placed by hand', () => {
    const random: Rule = {
      criterion: 'random',
      granularity: filters,
      scope: 'global',
      seed: 5,
      amount: { sparsity: 0.5 },
    };
    expect(withThreshold(recipeOf(random), candidates, layers(conv1), 0.3)).toEqual(
      recipeOf(random, {
        tensors: ['conv1.weight'],
        criterion: 'random',
        granularity: filters,
        scope: 'layer',
        amount: { threshold: 0.3 },
        seed: 5,
      }),
    );
    expect(withThreshold(recipeOf(random), candidates, model, 0.3)).toEqual(
      recipeOf({ ...random, amount: { threshold: 0.3 } }),
    );
  });

  it.each(['erk', 'lamp'] as const)(
    '%s becomes a threshold of each layer, and shares out another sparsity',
    (scope) => {
      const recipe = recipeOf(rule({ scope }));
      expect(withThreshold(recipe, candidates, layers(conv1), 0.3)).toEqual(
        recipeOf(rule({ scope }), rule({ tensors: ['conv1.weight'], scope: 'layer', amount: { threshold: 0.3 } })),
      );
      expect(withSparsity(recipe, candidates, model, 0.7)).toEqual(
        recipeOf(rule({ scope, amount: { sparsity: 0.7 } })),
      );
    },
  );

  it('that has no threshold gives way to the magnitude of weights', () => {
    const pattern: Rule = { criterion: 'random', granularity: { n: 2, m: 4 }, scope: 'layer' };
    const rows = rule({ criterion: 'signed', scope: 'row' });
    for (const before of [pattern, rows]) {
      expect(withThreshold(recipeOf(before), candidates, model, 0.3)).toEqual(
        recipeOf(rule({ amount: { threshold: 0.3 } })),
      );
    }
    expect(withSparsity(recipeOf(rows), candidates, layers(conv1, conv2), 0.3)).toEqual(
      recipeOf(rows, { ...rows, tensors: ['conv1.weight', 'conv2.weight'], amount: { sparsity: 0.3 } }),
    );
  });

  it('of the broadest rule is not forced on what comes in and cannot take it', () => {
    const recipe = recipeOf({ ...structured, amount: { sparsity: 0.25 } });
    const flat = candidate(7, 'flat.bias', { kind: 'bias', byDefault: false, shape: [11] });
    expect(setIncluded(recipe, [...candidates, flat], [flat.id], true)).toEqual(
      recipeOf(
        { ...structured, amount: { sparsity: 0.25 } },
        rule({ tensors: ['flat.bias'], amount: { sparsity: 0 } }),
      ),
    );
  });
});

describe('switching tensors in and out', () => {
  it('excludes by name, and takes that back', () => {
    const out = setIncluded(half, candidates, [conv1.id, encoder.id], false);
    expect(out).toEqual(recipeOf(rule({ exclude: ['conv1.weight', 'encoder.weight'] })));
    expect(setIncluded(out, candidates, [conv1.id, encoder.id], true)).toEqual(half);
  });

  it('names what is off by default, and takes that back', () => {
    const into = setIncluded(half, candidates, [bias.id, embed.id], true);
    expect(into).toEqual(recipeOf(rule({ tensors: ['*', 'conv1.bias', 'embed.weight'] })));
    expect(population(setIncluded(into, candidates, [bias.id], false), candidates)).not.toContain(bias.id);
  });

  it('gives what a glob or a kind keeps out a rule of its own', () => {
    expect(setIncluded(recipeOf(rule({ exclude: ['conv*'] })), candidates, [conv1.id], true)).toEqual(
      recipeOf(rule({ exclude: ['conv*'] }), rule({ tensors: ['conv1.weight'] })),
    );
    expect(setIncluded(recipeOf(rule({ kinds: ['conv'] })), candidates, [encoder.id], true)).toEqual(
      recipeOf(rule({ kinds: ['conv'] }), rule({ tensors: ['encoder.weight'] })),
    );
  });

  it('leaves a recipe alone in which they are already as asked for', () => {
    const recipe = recipeOf(rule(), rule({ exclude: ['conv1.weight'], amount: { sparsity: 0.9 } }));
    expect(setIncluded(recipe, candidates, [conv1.id], true)).toBe(recipe);
    expect(setIncluded(recipe, candidates, [bias.id], false)).toBe(recipe);
  });

  it('starts a rule where there is none', () => {
    expect(setIncluded(recipeOf(), candidates, [conv1.id], true)).toEqual(
      recipeOf(rule({ tensors: ['conv1.weight'], amount: { sparsity: 0 } })),
    );
  });

  it('drops a rule of which nothing is left', () => {
    const recipe = recipeOf(rule(), rule({ tensors: ['conv1.bias'] }));
    expect(setIncluded(recipe, candidates, [bias.id], false)).toEqual(half);
  });

  it('keeps the criterion of every step of a tensor the same', () => {
    const steps = [[rule()], [rule({ criterion: 'signed', tensors: ['conv*'], exclude: ['conv*'] })]];
    const recipe: Recipe = { format: 'secateur-recipe', version: 1, steps };
    expect(() => resolve(setIncluded(recipe, candidates, [bias.id], true), candidates, new Map())).not.toThrow();
  });

  it('escapes names that read like globs', () => {
    const brackets = candidates[5]!;
    const out = setIncluded(half, candidates, [brackets.id], false);
    expect(population(out, candidates)).toEqual(new Set([0, 2, 4, 6]));
  });
});

const name = fc.constantFrom(...candidates.flatMap(({ name, aliases }) => [name, ...aliases]));
const pattern = fc.oneof(
  name,
  name.map(exactPattern),
  fc.constantFrom('*', 'conv*', '*.weight', '*.bias', 'head.*', 'block?1.weight', '*coder*', '[!c]*', 'nothing'),
);
const amount: fc.Arbitrary<Amount> = fc.oneof(
  fc.constantFrom(0, 0.3, 0.5, 1).map((sparsity) => ({ sparsity })),
  fc.constantFrom(0, 0.25).map((threshold) => ({ threshold })),
  fc.constantFrom(0, 1).map((sigma) => ({ sigma })),
  fc.constantFrom(0, 3).map((count) => ({ count })),
);
const patterns = fc.option(fc.array(pattern, { maxLength: 3 }), { nil: undefined });
const kinds = fc.option(fc.subarray([...layerKinds] as LayerKind[]), { nil: undefined, freq: 3 });
const anyRule = (criterion: fc.Arbitrary<Rule['criterion']>) =>
  fc
    .record({
      tensors: patterns,
      exclude: patterns,
      kinds,
      criterion,
      scope: fc.constantFrom('global', 'layer'),
      amount,
    })
    .map(({ tensors, exclude, kinds, ...rest }): Rule => {
      const matching = { ...(tensors && { tensors }), ...(exclude && { exclude }), ...(kinds && { kinds }) };
      return { ...matching, granularity: 'weight', ...rest } as Rule;
    });
const criterion = fc.constantFrom('magnitude' as const, 'signed' as const);
const method = fc.constantFrom<Method[]>(
  { criterion: 'signed', granularity: 'weight', scope: 'layer' },
  { criterion: 'random', granularity: { dim: 0, norm: 2 }, scope: 'global', seed: 3, keep: 0.1 },
  { criterion: 'magnitude', granularity: { n: 2, m: 4 }, scope: 'layer' },
  { criterion: 'magnitude', granularity: 'weight', scope: 'row' },
  { criterion: 'magnitude', granularity: 'weight', scope: 'erk' },
  { criterion: 'magnitude', granularity: 'weight', scope: 'lamp', amount: { count: 3 } },
);
const anyRecipe: fc.Arbitrary<Recipe> = fc.oneof(
  fc.array(anyRule(criterion), { maxLength: 4 }).map((rules) => recipeOf(...rules)),
  criterion.chain((one) =>
    fc
      .array(fc.array(anyRule(fc.constant(one)), { maxLength: 3 }), { maxLength: 3 })
      .map((steps): Recipe => ({ format: 'secateur-recipe', version: 1, steps })),
  ),
);
const some = fc.subarray(candidates);

/** For each tensor and round: what the rule that decides asks for; undefined where none does. */
function demands(recipe: Recipe) {
  return roundsOf(recipe).map((rules) =>
    Array.from(decide(rules, candidates), (at) => {
      const decided = rules[at];
      return decided && { criterion: decided.criterion, scope: decided.scope, amount: decided.amount };
    }),
  );
}

/** The same, without the tensors chosen. */
function demandsOfOthers(recipe: Recipe, chosen: readonly Candidate[]) {
  return demands(recipe).map((round) => round.filter((_, at) => !chosen.includes(candidates[at]!)));
}

const hasRounds = (recipe: Recipe) => roundsOf(recipe).length > 0;

describe('whatever the recipe', () => {
  it('what is switched in is in, and nothing else changes', () => {
    fc.assert(
      fc.property(anyRecipe, some, (recipe, chosen) => {
        const edited = setIncluded(
          recipe,
          candidates,
          chosen.map(({ id }) => id),
          true,
        );
        const before = population(recipe, candidates);
        expect(population(edited, candidates)).toEqual(new Set([...before, ...chosen.map(({ id }) => id)].sort()));
        const coming = chosen.filter(({ id }) => !before.has(id));
        if (hasRounds(recipe)) expect(demandsOfOthers(edited, coming)).toEqual(demandsOfOthers(recipe, coming));
      }),
    );
  });

  it('what is switched out is out, and nothing else changes', () => {
    fc.assert(
      fc.property(anyRecipe, some, (recipe, chosen) => {
        const edited = setIncluded(
          recipe,
          candidates,
          chosen.map(({ id }) => id),
          false,
        );
        const left = [...population(recipe, candidates)].filter((id) => !chosen.some((each) => each.id === id));
        expect(population(edited, candidates)).toEqual(new Set(left));
        expect(demandsOfOthers(edited, chosen)).toEqual(demandsOfOthers(recipe, chosen));
      }),
    );
  });

  it('a threshold on some layers is theirs alone', () => {
    fc.assert(
      fc.property(anyRecipe, some, (recipe, chosen) => {
        fc.pre(chosen.length > 0);
        const edited = withThreshold(recipe, candidates, layers(...chosen), 0.25);
        if (hasRounds(recipe)) expect(demandsOfOthers(edited, chosen)).toEqual(demandsOfOthers(recipe, chosen));
        const rounds = demands(edited);
        for (const each of chosen) {
          const own = rounds.map((round) => round[candidates.indexOf(each)]);
          expect(own.at(-1)?.amount).toEqual({ threshold: 0.25 });
          expect(own.slice(0, -1).every((demand) => demand === undefined)).toBe(true);
        }
      }),
    );
  });

  it('a threshold on the model is over the tensors that are in', () => {
    fc.assert(
      fc.property(anyRecipe, (recipe) => {
        const edited = withThreshold(recipe, candidates, model, 0.25);
        expect(population(edited, candidates)).toEqual(population(recipe, candidates));
        for (const demand of demands(edited).flat())
          expect(demand?.amount ?? { threshold: 0.25 }).toEqual({ threshold: 0.25 });
      }),
    );
  });

  it('a reset prunes nothing, and keeps in what is in', () => {
    fc.assert(
      fc.property(anyRecipe, some, (recipe, chosen) => {
        const isIn = population(recipe, candidates);
        const all = reset(recipe, candidates, model);
        expect(population(all, candidates)).toEqual(isIn);
        for (const { pruned } of resolve(all, candidates, new Map()).outcomes.values()) expect(pruned).toBe(0);

        const inChosen = chosen.filter(({ id }) => isIn.has(id));
        const part = reset(recipe, candidates, layers(...inChosen));
        expect(population(part, candidates)).toEqual(isIn);
        for (const each of inChosen) {
          expect(demands(part).at(-1)![candidates.indexOf(each)]!.amount).toEqual({ sparsity: 0 });
        }
      }),
    );
  });

  it('another method changes neither who is in nor the others', () => {
    fc.assert(
      fc.property(anyRecipe, some, method, (recipe, chosen, to) => {
        const edited = withMethod(recipe, candidates, layers(...chosen), to);
        expect(population(edited, candidates)).toEqual(population(recipe, candidates));
        if (hasRounds(recipe)) expect(demandsOfOthers(edited, chosen)).toEqual(demandsOfOthers(recipe, chosen));
        const ofChosen = demands(edited).flatMap((round) => round.filter((_, at) => chosen.includes(candidates[at]!)));
        for (const demand of ofChosen) expect(demand ?? to).toMatchObject({ criterion: to.criterion, scope: to.scope });
        expect(parseRecipe(formatRecipe(edited))).toEqual(edited);

        const whole = withMethod(recipe, candidates, model, to);
        expect(population(whole, candidates)).toEqual(population(recipe, candidates));
        for (const demand of demands(whole).flat()) expect(demand?.criterion ?? to.criterion).toBe(to.criterion);
        expect(parseRecipe(formatRecipe(whole))).toEqual(whole);
      }),
    );
  });

  it('an edit is a recipe that can be saved and read again', () => {
    fc.assert(
      fc.property(anyRecipe, some, fc.boolean(), (recipe, chosen, included) => {
        const edited = withSparsity(
          setIncluded(
            recipe,
            candidates,
            chosen.map(({ id }) => id),
            included,
          ),
          candidates,
          layers(...chosen),
          0.5,
        );
        expect(parseRecipe(formatRecipe(edited))).toEqual(edited);
      }),
    );
  });
});

describe('the recipe to begin with', () => {
  it('has in what is prunable by default, and prunes nothing', () => {
    expect(population(initialRecipe(), candidates)).toEqual(new Set([0, 2, 4, 5, 6]));
    for (const { pruned } of resolve(initialRecipe(), candidates, new Map()).outcomes.values()) expect(pruned).toBe(0);
  });
});
