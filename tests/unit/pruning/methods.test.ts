/** The masks of torch.nn.utils.prune and of the papers' formulas, made by tests/golden/methods.py. */
import { describe, expect, it } from 'vitest';
import { roundsOf } from '../../../src/pruning/decide';
import { parseRecipe } from '../../../src/pruning/parseRecipe';
import type { Recipe, Rule } from '../../../src/pruning/recipe';
import { usualAxes } from '../../support/axes';
import { methodGolden } from '../../support/methodGoldens';
import { valuesOf } from '../kernels/support';
import { maskOf, settled, tensorOf } from './support';

function bytesIn(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'));
}

function goneIn(base64: string, length: number): boolean[] {
  const bytes = bytesIn(base64);
  return Array.from({ length }, (_, i) => ((bytes[i >> 3]! >> (7 - (i & 7))) & 1) === 0);
}

describe.each(['f64', 'f32', 'f16', 'bf16', 'mixed'])('tensors of %s', (name) => {
  const golden = methodGolden(name);
  const tensors = golden.tensors.map(({ name, kind, outputAxis, dtype, shape, bytes, reference, activations }, id) =>
    tensorOf(
      dtype,
      bytesIn(bytes),
      { id, name, kind, shape, ...usualAxes(shape, outputAxis) },
      { reference: valuesOf(dtype, bytesIn(reference)), factors: valuesOf('F32', bytesIn(activations)) },
    ),
  );
  const cases = golden.cases.map((answer) => ({ ...answer, recipe: parseRecipe(answer.recipe) }));

  it.each(cases.map((answer) => [titleOf(answer.recipe), answer] as const))('%s', (_, { recipe, keeps, tied }) => {
    const { outcomes, pending } = settled(recipe, tensors);
    expect(pending).toEqual([]);
    const counts = { here: 0, there: 0 };
    for (const tensor of tensors) {
      const { id, name } = tensor.candidate;
      const outcome = outcomes.get(id);
      const expected = keeps[name];
      expect(outcome !== undefined, name).toBe(expected !== undefined);
      if (!outcome || expected === undefined) continue;
      const goes = maskOf(tensor, outcome.program);
      const gone = goneIn(expected, goes.length);
      const pruned = goes.filter(Boolean).length;
      const zeros = tensor.values.filter((value, i) => goes[i] || value === 0).length;
      expect(outcome, name).toMatchObject({ exact: true, pruned, zeros });
      if (!tied) expect(goes, name).toEqual(gone);
      counts.here += pruned;
      counts.there += gone.filter(Boolean).length;
    }
    expect(counts.here).toBe(counts.there);
  });
});

function titleOf(recipe: Recipe): string {
  return roundsOf(recipe)
    .map((rules) => rules.map(ruleTitle).join(', '))
    .join('; then ');
}

function ruleTitle({ tensors, exclude, kinds: _, ...method }: Rule): string {
  const parts = Object.values(method).map((part) => (typeof part === 'string' ? part : JSON.stringify(part)));
  return [...(tensors ?? []), ...(exclude ?? []).map((pattern) => `!${pattern}`), ...parts].join(' ');
}
