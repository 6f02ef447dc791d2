/** Random models and recipes, of the kind that is hard for histograms: ties, crowded bins, all dtypes at once. */
import fc from 'fast-check';
import type { Amount, Criterion, Recipe, Rule } from '../../../src/pruning/recipe';
import { byteWidthOf, type PrunableDtype, prunableDtypes } from '../../../src/tensors/dtype';
import { tensor as anyTensor, bytesOf } from '../kernels/support';
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

/** One to four tensors, in every other model all of one dtype. */
export const model: fc.Arbitrary<Tensor[]> = fc
  .tuple(fc.boolean(), fc.constantFrom(...prunableDtypes))
  .chain(([isMixed, common]) => {
    const dtype = isMixed ? fc.constantFrom(...prunableDtypes) : fc.constant(common);
    const dtypeAndBytes = dtype.chain((each) => bytes(each).map((made) => [each, made] as const));
    return fc.array(dtypeAndBytes, { minLength: 1, maxLength: 4 });
  })
  .map((tensors) => tensors.map(([dtype, made], id) => tensorOf(dtype, made, { id, byDefault: id !== 3 })));

export const criterion = fc.constantFrom<Criterion>('magnitude', 'signed');

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
    fc.nat(9).map((count) => ({ count })),
    fc.double({ min: -1, max: 3, noNaN: true }).map((sigma) => ({ sigma })),
  );
}

function ruleOf(tensors: readonly Tensor[], criteria: fc.Arbitrary<Criterion>): fc.Arbitrary<Rule> {
  const some = fc.subarray(
    tensors.map(({ candidate }) => candidate.name),
    { minLength: 1 },
  );
  return fc
    .record({
      tensors: fc.option(some, { nil: undefined }),
      criterion: criteria,
      granularity: fc.constant('weight' as const),
      scope: fc.constantFrom('global' as const, 'layer' as const),
      amount: amountOf(tensors),
    })
    .map(({ tensors: names, ...rule }) => ({ ...(names && { tensors: names }), ...rule }));
}

export function recipeFor(tensors: readonly Tensor[]): fc.Arbitrary<Recipe> {
  const head = { format: 'secateur-recipe', version: 1 } as const;
  const rules = fc.array(ruleOf(tensors, criterion), { maxLength: 3 }).map((made) => ({ ...head, rules: made }));
  // Steps of one tensor share a criterion.
  const steps = criterion.chain((common) => {
    const rule = ruleOf(tensors, fc.constant(common));
    const step = fc.array(rule, { maxLength: 2 });
    return fc.array(step, { minLength: 1, maxLength: 3 }).map((made) => ({ ...head, steps: made }));
  });
  return fc.oneof<fc.Arbitrary<Recipe>[]>(rules, steps);
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
