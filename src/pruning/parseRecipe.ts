/** Recipes as text: read with every field checked, and written the same way every time. */
import { CheckpointError } from '../lib/errors';
import type { JsonSchema } from './fields';
import { type Recipe, recipeField } from './recipe';

/**
 * @param source JSON text, or what it parses to
 * @throws CheckpointError `invalid-recipe`, naming the field by its path (`rules[2].amount`)
 */
export function parseRecipe(source: unknown): Recipe {
  const {
    $schema: _,
    rules,
    steps,
    ...head
  } = recipeField.read('', typeof source === 'string' ? parseJson(source) : source);
  return steps ? { ...head, steps } : { ...head, rules: rules ?? [] };
}

/** Pretty JSON with the fields in a fixed order: equal recipes give equal text. A plan of a smaller model is on one line. */
export function formatRecipe(recipe: Recipe): string {
  const plan = recipe.slim?.plan;
  const written = recipeField.write(recipe);
  let mark = 'plan of the smaller model';
  const pretty = () => JSON.stringify(written, (_, value) => (plan !== undefined && value === plan ? mark : value), 2);
  let text = pretty();
  while (plan !== undefined && text.split(JSON.stringify(mark)).length > 2) {
    mark += '.';
    text = pretty();
  }
  const inLine = plan === undefined ? text : text.replace(JSON.stringify(mark), () => JSON.stringify(plan));
  return `${inLine}\n`;
}

/** The JSON Schema of recipes, for editors. */
export function recipeSchema(): JsonSchema {
  const shared = new Map<string, JsonSchema>();
  const schema = recipeField.schema(shared);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Secateur recipe',
    description:
      'What to prune, and how: pruned file = apply(recipe, checkpoint). docs/recipe.md says what every field means.',
    ...schema,
    $defs: Object.fromEntries(shared),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CheckpointError('invalid-recipe', `The recipe is not JSON: ${reason}.`, {}, { cause });
  }
}
