import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { criteria } from '../../../src/pruning/criteria/criteria';
import { granularities } from '../../../src/pruning/granularities/granularities';
import { formatRecipe, parseRecipe } from '../../../src/pruning/parseRecipe';
import { scopes } from '../../../src/pruning/scopes/scopes';

const documentation = readFileSync('docs/recipe.md', 'utf8');
const examples = [...documentation.matchAll(/```json\n(.*?)```/gs)].map(([, text]) => text!);

/** Examples leave out what goes without saying: the recipe around the rules, or the list around one rule. */
function recipeIn(example: string): unknown {
  if (example.startsWith('"rules"')) return { format: 'secateur-recipe', version: 1, ...JSON.parse(`{${example}}`) };
  const value = JSON.parse(example);
  return 'format' in value ? value : { format: 'secateur-recipe', version: 1, rules: [value] };
}

it.each(examples)('what the documentation shows is a recipe: %s', (example) => {
  const recipe = recipeIn(example);
  expect(JSON.parse(formatRecipe(parseRecipe(recipe)))).toEqual(recipe);
});

it('the documentation has examples', () => expect(examples.length).toBeGreaterThan(3));

const plainCriteria = criteria.filter(({ written }) => !written);

it.each([...plainCriteria, ...scopes].map(({ name }) => `\`${name}\``))('the documentation tells of %s', (name) => {
  expect(documentation).toMatch(new RegExp(`^\\| ${name} \\|`, 'm'));
});

it.each(criteria.flatMap(({ written }) => written ?? []))(
  'the documentation tells of $criterion with $relative',
  (written) => {
    expect(documentation).toContain(`| \`${written.criterion}\` with \`"relative": "${written.relative}"\` |`);
  },
);

it.each(granularities.map(({ key }) => key))('the documentation tells of the granularity %s', (key) => {
  expect(documentation).toMatch(new RegExp(`^\\| \`(\\{ )?"${key}"`, 'm'));
});
