/** The recipe that a command line asks for: a file, or one rule that options say. */
import { readFile } from 'node:fs/promises';
import { CheckpointError } from '../lib/errors';
import { parseRecipe } from '../pruning/parseRecipe';
import type { Recipe } from '../pruning/recipe';
import { type CommandCall, type OptionTypes, textOf, textsOf, UsageError } from './command';

export const recipeOptions: OptionTypes = {
  recipe: { type: 'string' },
  sparsity: { type: 'string' },
  threshold: { type: 'string' },
  count: { type: 'string' },
  sigma: { type: 'string' },
  criterion: { type: 'string' },
  granularity: { type: 'string' },
  scope: { type: 'string' },
  seed: { type: 'string' },
  tensors: { type: 'string', multiple: true },
  exclude: { type: 'string', multiple: true },
  kinds: { type: 'string', multiple: true },
};

export const recipeUsage = `  --recipe FILE        a recipe of Secateur, instead of what follows; - reads it from standard input
  --sparsity SHARE     0.5: half of the weights; or --threshold T, --count N, --sigma K
  --scope SCOPE        layer (each for itself, the default), global, row, …
  --criterion NAME     magnitude (the default), random, …
  --granularity WHAT   weight (the default), 2:4, filters, dim=1,norm=2, or as a recipe has it
  --tensors GLOB       only these; may stand several times, as may --exclude GLOB and --kinds KIND
  --seed N             of the criterion random`;

const amounts = ['sparsity', 'threshold', 'count', 'sigma'] as const;

/**
 * @throws UsageError where both are given, or neither
 * @throws CheckpointError `invalid-recipe`, `file-unreadable`
 */
export async function recipeFrom({ options, input }: Pick<CommandCall, 'options' | 'input'>): Promise<Recipe> {
  const path = textOf(options, 'recipe');
  const said = Object.keys(recipeOptions).filter((name) => name !== 'recipe' && options[name] !== undefined);
  if (path !== undefined) {
    if (said.length > 0) throw new UsageError(`--recipe says all that --${said[0]} would.`);
    return parseRecipe(path === '-' ? await input.text() : await textIn(path, 'recipe'));
  }
  if (said.length === 0) throw new UsageError('Say what to prune: --recipe FILE, or --sparsity SHARE.');
  const amount = amounts.flatMap((name) => {
    const text = textOf(options, name);
    return text === undefined ? [] : [[name, numberIn(name, text)] as const];
  });
  const seed = textOf(options, 'seed');
  const rule = {
    tensors: textsOf(options, 'tensors'),
    exclude: textsOf(options, 'exclude'),
    kinds: textsOf(options, 'kinds'),
    criterion: textOf(options, 'criterion') ?? 'magnitude',
    granularity: granularityIn(textOf(options, 'granularity') ?? 'weight'),
    scope: textOf(options, 'scope') ?? 'layer',
    amount: amount.length > 0 ? Object.fromEntries(amount) : undefined,
    seed: seed === undefined ? undefined : numberIn('seed', seed),
  };
  const written = Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== undefined));
  return parseRecipe({ format: 'secateur-recipe', version: 1, rules: [written] });
}

/** As it is said in one word; what is none of these goes to the recipe's own parser as it is. */
function granularityIn(text: string): unknown {
  const pattern = /^(\d+):(\d+)$/.exec(text);
  if (pattern) return { n: Number(pattern[1]), m: Number(pattern[2]) };
  const channels = /^dim=(-?\d+)(?:,norm=(-?(?:\d+(?:\.\d+)?|inf)))?$/.exec(text);
  if (channels) {
    const norm = channels[2] ?? '2';
    return { dim: Number(channels[1]), norm: /inf/.test(norm) ? norm : Number(norm) };
  }
  if (text === 'filters') return { dim: 0, norm: 2 };
  if (!text.startsWith('{')) return text;
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`--granularity ${text} is no JSON.`);
  }
}

function numberIn(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new UsageError(`--${name} ${text} is no number.`);
  return value;
}

/** @param what it is, in a word @throws CheckpointError `file-unreadable` */
export async function textIn(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new CheckpointError('file-unreadable', `The ${what} ${path} cannot be read.`, {}, { cause });
  }
}
