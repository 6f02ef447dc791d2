/** "Copy command": what the page says is what the command line understands. */
import { execFileSync } from 'node:child_process';
import { Readable } from 'node:stream';
import { parseArgs } from 'node:util';
import { describe, expect, it } from 'vitest';
import { recipeFrom, recipeOptions } from '../../../src/cli/recipeOptions';
import { StandardInput } from '../../../src/cli/standardInput';
import { roundsOf } from '../../../src/pruning/decide';
import { parseRecipe } from '../../../src/pruning/parseRecipe';
import type { Recipe } from '../../../src/pruning/recipe';
import { commandLine } from '../../../src/reports/commandLine';

const rule = { criterion: 'magnitude', granularity: 'weight', scope: 'layer', amount: { sparsity: 0.5 } };
const recipeOf = (...rules: object[]) => parseRecipe({ format: 'secateur-recipe', version: 1, rules });
const source = { fileNames: ['model.pth'], prunedName: 'model-pruned.pth' };

/** A shell that prints what it gives the program: words, then standard input. */
function inShell(command: string): { words: string[]; input: string } {
  const script = `secateur() { printf '%s\\0' "$@"; printf '\\1'; if [ -p /dev/stdin ] || [ -f /dev/stdin ]; then cat; fi; }\nmkdir() { :; }\n${command}\n`;
  const printed = execFileSync('bash', ['-c', script], { encoding: 'utf8', input: '' });
  const [words = '', input = ''] = printed.split('\u0001');
  return { words: words.split('\0').slice(0, -1), input };
}

/** A rule's name means nothing. */
const unnamed = (recipe: Recipe) => roundsOf(recipe).map((rules) => rules.map(({ name: _, ...rest }) => rest));

async function understood(command: string) {
  const { words, input } = inShell(command);
  const { values, positionals } = parseArgs({
    args: words.slice(1),
    options: { ...recipeOptions, out: { type: 'string' }, repair: { type: 'string' } },
    allowPositionals: true,
  });
  const signal = new AbortController().signal;
  const recipe = await recipeFrom({ options: values, input: new StandardInput(Readable.from([input]), signal) });
  return { recipe, positionals, out: values.out, repair: values.repair };
}

describe.skipIf(process.platform === 'win32')('the command of a recipe', () => {
  it('says one rule by options, and leaves out what is usual', () => {
    const recipe = recipeOf({ ...rule, scope: 'global' });
    expect(commandLine({ ...source, recipe })).toBe(
      'secateur prune model.pth --sparsity 0.5 --scope global --out model-pruned.pth',
    );
  });

  it.each([
    rule,
    { ...rule, granularity: { n: 2, m: 4 }, amount: undefined },
    { ...rule, granularity: { dim: 0, norm: '-inf' }, amount: { count: 3 } },
    { ...rule, granularity: { dim: -1, norm: 2 } },
    { ...rule, granularity: 'kernel' },
    { ...rule, amount: { sigma: -0.5 } },
    {
      ...rule,
      amount: { threshold: 1e-7 },
      tensors: ['conv*', "it's $HOME `id`", '-x'],
      exclude: ['a b', '*\n\u001b[201~'],
    },
    { ...rule, criterion: 'random', seed: 7, kinds: ['conv', 'linear'], name: 'Mine' },
    { ...rule, keep: 0.1 },
    { ...rule, relative: 'output' },
    { ...rule, tensors: [] },
    { ...rule, tensors: ['\u009b\u2028RECIPE'], off: true },
  ])('is understood as the recipe that it was made of: %j', async (given) => {
    const recipe = recipeOf(given);
    const command = commandLine({ ...source, recipe });
    // Nothing that a terminal would obey as it is pasted.
    expect([...command].filter((each) => each !== '\n' && /\p{Cc}/u.test(each))).toEqual([]);
    const { recipe: back, positionals, out } = await understood(command);
    expect(unnamed(back)).toEqual(unnamed(recipe));
    expect({ positionals, out }).toEqual({ positionals: ['model.pth'], out: 'model-pruned.pth' });
  });

  it('has the recipe behind it where options cannot say it, and files by any name', async () => {
    const recipe = parseRecipe({ format: 'secateur-recipe', version: 1, steps: [[rule], [rule]] });
    const fileNames = ['-a b.safetensors', "b'$(id).safetensors"];
    const command = commandLine({ recipe, fileNames, prunedName: 'a b-pruned', repairName: 'r.safetensors' });
    expect(command).toContain("<<'RECIPE'\n{");
    expect(await understood(command)).toEqual({
      recipe,
      positionals: ['./-a b.safetensors', "b'$(id).safetensors"],
      out: 'a b-pruned',
      repair: 'r.safetensors',
    });
  });
});
