/** A recipe as it is typed: the command that does on a command line what the page does (docs/command-line.md). */
import { formatRecipe } from '../pruning/parseRecipe';
import { type Recipe, type Rule, recipeField } from '../pruning/recipe';

export interface CommandSource {
  readonly recipe: Recipe;
  /** Of the checkpoint, as they are called where the command is typed. */
  readonly fileNames: readonly string[];
  readonly prunedName: string;
  /** What the repaired weights are saved as, where the recipe has some. */
  readonly repairName?: string;
}

/**
 * For a POSIX shell. One plain rule is said by options, whatever else by the recipe itself, which stands behind the command.
 * @returns without an end of line
 */
export function commandLine({ recipe, fileNames, prunedName, repairName }: CommandSource): string {
  const rule = onlyRule(recipe);
  const isFolder = fileNames.length > 1;
  const words = [
    'secateur prune',
    ...fileNames.map((name) => quoted(name.startsWith('-') ? `./${name}` : name)),
    ...(rule ? optionsOf(rule) : ['--recipe -']),
    ...(repairName === undefined ? [] : [option('repair', repairName)]),
    option('out', prunedName),
  ];
  const command = `${isFolder ? `mkdir -p -- ${quoted(prunedName)} && ` : ''}${words.join(' ')}`;
  return rule ? command : `${command} <<'RECIPE'\n${escaped(formatRecipe(recipe))}RECIPE`;
}

/** Names of what options can say; a name of the rule's own means nothing. */
const sayable = new Set(['name', 'tensors', 'exclude', 'kinds', 'criterion', 'granularity', 'scope', 'amount', 'seed']);

type Written = { readonly [field: string]: unknown };

/** @returns as recipes have it; undefined where more is to be said than one rule by options */
function onlyRule(recipe: Recipe): Written | undefined {
  const { format: _, version: _version, rules, ...rest } = recipeField.write(recipe) as Written;
  if (!Array.isArray(rules) || rules.length !== 1 || Object.values(rest).some((value) => value !== undefined)) {
    return undefined;
  }
  const fields = Object.entries(rules[0] as Written).filter(([, value]) => value !== undefined);
  const isPlain = fields.every(([name, value]) => sayable.has(name) && !(Array.isArray(value) && value.length === 0));
  return isPlain ? Object.fromEntries(fields) : undefined;
}

/** What the command line does by itself. */
const usual: ReadonlyMap<string, unknown> = new Map<keyof Rule, unknown>([
  ['criterion', 'magnitude'],
  ['granularity', 'weight'],
  ['scope', 'layer'],
]);

function optionsOf({ amount, granularity, name: _, ...rest }: Written): string[] {
  const all = { ...(amount as Written | undefined), granularity: granularityText(granularity), ...rest };
  return Object.entries(all)
    .filter(([name, value]) => usual.get(name) !== value)
    .flatMap(([name, value]) => [value].flat().map((each) => option(name, String(each))));
}

/** In a word, where there is one. */
function granularityText(granularity: unknown): string {
  if (typeof granularity === 'string') return granularity;
  const { n, m, dim, norm, ...rest } = granularity as Written;
  if (Object.keys(rest).length > 0) return JSON.stringify(granularity);
  return n === undefined ? `dim=${dim},norm=${norm}` : `${n}:${m}`;
}

function option(name: string, value: string): string {
  return value.startsWith('-') || value === '' ? `--${name}=${quoted(value)}` : `--${name} ${quoted(value)}`;
}

/** Characters that a terminal obeys: pasted, they would end the paste. */
const obeyed = /[\p{Cc}\u2028\u2029]/gu;

/** A word of a POSIX shell; with characters that cannot be seen, one of bash, zsh and ksh. */
function quoted(word: string): string {
  if (/^[\w./:@%+=,-]+$/.test(word)) return word;
  if (word.search(obeyed) < 0) return `'${word.replaceAll("'", "'\\''")}'`;
  return `$'${word.replace(/['\\]/g, '\\$&').replace(obeyed, (character) => `\\u${hex(character)}`)}'`;
}

/** JSON says them otherwise. Ends of lines are its own. */
function escaped(json: string): string {
  return json.replace(obeyed, (character) => (character === '\n' ? character : `\\u${hex(character)}`));
}

function hex(character: string): string {
  return character.charCodeAt(0).toString(16).padStart(4, '0');
}
