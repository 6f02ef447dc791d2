/** Random models and recipes, of the kind that is hard for histograms: ties, crowded bins, all dtypes at once. */
import fc from 'fast-check';
import type { Criterion } from '../../../src/pruning/criteria/criteria';
import type { Granularity } from '../../../src/pruning/granularities/granularities';
import { parseRecipe } from '../../../src/pruning/parseRecipe';
import type { Ranking } from '../../../src/pruning/ranking';
import type { Amount, Recipe, Rule } from '../../../src/pruning/recipe';
import type { Scope } from '../../../src/pruning/scopes/scopes';
import type { NormOrder } from '../../../src/pruning/score';
import { inputAxisOf } from '../../../src/tensors/axes';
import { byteWidthOf, type PrunableDtype, prunableDtypes } from '../../../src/tensors/dtype';
import { roundToDtype } from '../../../src/tensors/half';
import { usualAxes } from '../../support/axes';
import { tensor as anyTensor, bytesOf, valuesOf } from '../kernels/support';
import { type Tensor, tensorOf } from './support';

/** Weights of which many share a bin of f32 and f64, and some are one value in several dtypes. */
function crowded(dtype: PrunableDtype): fc.Arbitrary<Uint8Array> {
  const weight = fc
    .tuple(fc.nat(63), fc.constantFrom(0, 2 ** -30), fc.constantFrom(1, -1))
    .map(([step, offset, sign]) => sign * (0.5 + step * 2 ** -13 + offset));
  return fc.array(weight, { minLength: 1, maxLength: 60 }).map((weights) => bytesOf(dtype, weights));
}

function bytes(dtype: PrunableDtype): fc.Arbitrary<Uint8Array> {
  return fc.oneof(
    { weight: 3, arbitrary: crowded(dtype) },
    { weight: 2, arbitrary: anyTensor(dtype) },
    { weight: 1, arbitrary: fc.nat(20).map((count) => new Uint8Array(count * byteWidthOf(dtype))) },
  );
}

/** Two to four dimensions that hold `count` elements. */
function shapeOf(count: number): fc.Arbitrary<number[]> {
  const split = (rest: number): fc.Arbitrary<number> =>
    fc.constantFrom(...Array.from({ length: Math.max(1, rest) }, (_, i) => i + 1).filter((size) => rest % size === 0));
  if (count === 0) return fc.constantFrom([0, 3], [3, 0], [2, 0, 1]);
  return fc.tuple(split(count), fc.constantFrom(2, 3, 4)).chain(([first, dimensions]) =>
    dimensions === 2
      ? fc.constant([first, count / first])
      : split(count / first).map((second) => {
          const rest = count / first / second;
          return dimensions === 3 ? [first, second, rest] : [first, second, 1, rest];
        }),
  );
}

function tensorFrom(dtype: PrunableDtype, made: Uint8Array, id: number): fc.Arbitrary<Tensor> {
  const values = valuesOf(dtype, made);
  return fc.tuple(shapeOf(values.length), fc.constantFrom(0, 1), fc.nat(7)).map(([shape, outputAxis, shift]) => {
    const axes = usualAxes(shape, outputAxis);
    const reference = values.map((value, i) => roundToDtype(value * ((i + shift) % 5) * 0.4, dtype));
    const factors = Array.from({ length: shape[inputAxisOf({ shape, ...axes })!]! }, (_, i) =>
      Math.fround(((i + shift) % 4) * 0.3),
    );
    const about = { id, shape, ...axes, kind: 'conv', byDefault: id !== 3 } as const;
    const tensor = tensorOf(dtype, made, about, { reference, factors });
    // For counterexamples: bytes and histograms say little.
    return Object.assign(tensor, { [fc.toStringMethod]: () => `${dtype} ${shape.join('x')} [${values.join(', ')}]` });
  });
}

/** One to four tensors, in every other model all of one dtype. */
export const model: fc.Arbitrary<Tensor[]> = fc
  .tuple(fc.boolean(), fc.constantFrom(...prunableDtypes))
  .chain(([isMixed, common]) => {
    const dtype = isMixed ? fc.constantFrom(...prunableDtypes) : fc.constant(common);
    const dtypeAndBytes = dtype.chain((each) => bytes(each).map((made) => [each, made] as const));
    return fc.array(dtypeAndBytes, { minLength: 1, maxLength: 4 });
  })
  .chain((tensors) => fc.tuple(...tensors.map(([dtype, made], id) => tensorFrom(dtype, made, id))))
  .map((tensors) => tensors as Tensor[]);

export const ranking = fc.constantFrom<Ranking>('magnitude', 'signed');

function thresholdOf(tensors: readonly Tensor[]): fc.Arbitrary<number> {
  const present = tensors.flatMap(({ values }) => values.filter(Number.isFinite));
  return fc.oneof(
    fc.constantFrom(0, ...present, ...present.map(Math.abs)),
    fc.double({ min: -1, max: 1, noNaN: true }),
    fc.integer({ min: -64, max: 64 }).map((step) => 0.5 + step * 2 ** -14),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  );
}

function amountOf(tensors: readonly Tensor[]): fc.Arbitrary<Amount> {
  const weights = tensors.reduce((sum, { values }) => sum + values.length, 0);
  return fc.oneof(
    thresholdOf(tensors).map((threshold) => ({ threshold })),
    fc.double({ min: 0, max: 1, noNaN: true }).map((sparsity) => ({ sparsity })),
    fc.constantFrom(0, 0.25, 0.5, 1).map((sparsity) => ({ sparsity })),
    fc.nat(weights).map((count) => ({ count })),
    fc.nat(2).map((count) => ({ count })),
    fc.double({ min: -1, max: 3, noNaN: true }).map((sigma) => ({ sigma })),
  );
}

const granularity = fc.oneof<fc.MaybeWeightedArbitrary<Granularity>[]>(
  { weight: 6, arbitrary: fc.constant('weight' as const) },
  { weight: 1, arbitrary: fc.constant('kernel' as const) },
  {
    weight: 4,
    arbitrary: fc.record({
      dim: fc.constantFrom(0, 1, -1),
      norm: fc.constantFrom<NormOrder[]>(1, 2, 'inf', '-inf', 3, 0.5, -1),
    }),
  },
  { weight: 2, arbitrary: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })).map(asBlock) },
  { weight: 2, arbitrary: fc.constantFrom({ n: 1, m: 2 }, { n: 2, m: 4 }, { n: 1, m: 3 }) },
);

function asBlock([r, c]: [number, number]): Granularity {
  return { block: [r, c] };
}

/** A rule that a recipe may hold. */
function ruleOf(tensors: readonly Tensor[]): fc.Arbitrary<Rule> {
  const some = fc.subarray(
    tensors.map(({ candidate }) => candidate.name),
    { minLength: 1 },
  );
  return fc
    .record({
      tensors: fc.option(some, { nil: undefined }),
      criterion: fc.constantFrom<Criterion[]>(
        'magnitude',
        'magnitude',
        'signed',
        'random',
        'magnitude_increase',
        'activation',
      ),
      granularity,
      scope: fc.constantFrom<Scope[]>('global', 'global', 'layer', 'layer', 'row', 'erk'),
      amount: amountOf(tensors),
      keep: fc.option(fc.constantFrom(0, 0.1, 0.5, 1), { nil: undefined, freq: 3 }),
      seed: fc.option(fc.nat(3), { nil: undefined }),
    })
    .map(({ tensors: names, criterion, granularity: chosen, scope, amount, keep, seed }): Rule => {
      const isPattern = typeof chosen === 'object' && 'n' in chosen;
      return {
        ...(names && { tensors: names }),
        criterion,
        granularity: chosen,
        scope,
        ...(!isPattern && { amount }),
        ...(!isPattern && keep !== undefined && { keep }),
        ...(criterion === 'random' && seed !== undefined && { seed }),
      };
    })
    .filter((rule) => {
      try {
        parseRecipe({ format: 'secateur-recipe', version: 1, rules: [rule] });
        return true;
      } catch {
        return false;
      }
    });
}

function recipeFor(tensors: readonly Tensor[]): fc.Arbitrary<Recipe> {
  const head = { format: 'secateur-recipe', version: 1 } as const;
  const rules = fc.array(ruleOf(tensors), { maxLength: 3 }).map((made) => ({ ...head, rules: made }));
  const step = fc.array(ruleOf(tensors), { maxLength: 2 });
  const steps = fc.array(step, { minLength: 1, maxLength: 3 }).map((made) => ({ ...head, steps: made }));
  // The same rule twice goes on where the first stopped.
  const twice = ruleOf(tensors).chain((rule) =>
    amountOf(tensors).map((amount) => {
      const again = rule.amount && rule.scope !== 'row' && rule.scope !== 'erk' ? { ...rule, amount } : rule;
      return { ...head, steps: [[rule], [again]] };
    }),
  );
  return fc.oneof<fc.Arbitrary<Recipe>[]>(rules, steps, twice);
}

export const modelAndRecipe: fc.Arbitrary<[Tensor[], Recipe]> = model.chain((tensors) =>
  recipeFor(tensors).map((recipe): [Tensor[], Recipe] => [tensors, recipe]),
);

export const modelAndThreshold: fc.Arbitrary<[Tensor[], number]> = model.chain((tensors) =>
  thresholdOf(tensors).map((threshold): [Tensor[], number] => [tensors, threshold]),
);

/** Finite weights. */
export function finiteOf({ values }: Tensor): number[] {
  return values.filter(Number.isFinite);
}
