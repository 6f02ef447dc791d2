/** Recipes in links: they come out as they went in, and what is no whole recipe says so. */
import { describe, expect, it } from 'vitest';
import { formatRecipe, parseRecipe } from '../../../src/pruning/parseRecipe';
import type { Recipe } from '../../../src/pruning/recipe';
import { linkOf, recipeInLink } from '../../../src/state/recipeLink';

const recipe: Recipe = {
  format: 'secateur-recipe',
  version: 1,
  rules: [
    { criterion: 'magnitude', granularity: 'weight', scope: 'global', amount: { sparsity: 0.5 } },
    { tensors: ['größe.*'], criterion: 'magnitude', granularity: 'weight', scope: 'layer', amount: { count: 3 } },
  ],
};

describe('a link to a recipe', () => {
  it('gives the recipe back, and is short', async () => {
    const link = await linkOf(formatRecipe(recipe), 'https://example.org/secateur/');
    expect(link).toMatch(/^https:\/\/example\.org\/secateur\/#recipe=[\w-]+$/);
    expect(link.length).toBeLessThan(400);
    expect(parseRecipe(await recipeInLink(link))).toEqual(recipe);
    expect(parseRecipe(await recipeInLink(`See ${link}, it is good.`))).toEqual(recipe);
  });

  it('that was cut off, or unpacks to more than any recipe, is refused', async () => {
    const link = await linkOf(formatRecipe(recipe), '');
    for (const wrong of [link.slice(0, -20), '#recipe=', '#recipe=abc', 'https://example.org/']) {
      await expect(recipeInLink(wrong)).rejects.toMatchObject({ code: 'invalid-recipe' });
    }
    const bomb = new Blob([new Uint8Array(8 * 2 ** 20)]).stream().pipeThrough(new CompressionStream('deflate-raw'));
    const packed = Buffer.from(await new Response(bomb).arrayBuffer()).toString('base64url');
    await expect(recipeInLink(`#recipe=${packed}`)).rejects.toMatchObject({ code: 'invalid-recipe' });
  });

  it('is refused where it would be too long to be sent', async () => {
    const { rules } = recipe as { rules: readonly object[] };
    const names = Array.from({ length: 4000 }, (_, i) => `layer.${(i * 2654435761) % 2 ** 32}.weight`);
    const long = formatRecipe(parseRecipe({ ...recipe, rules: [{ ...rules[0], tensors: names }] }));
    await expect(linkOf(long, '')).rejects.toMatchObject({ message: expect.stringContaining('too long for a link') });
  });
});
