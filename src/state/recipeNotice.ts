/** What became of a recipe that was given, in words. */
import { CheckpointError } from '../lib/errors';
import { namesInWords } from '../lib/fileNames';
import { formatQuantity } from '../lib/numbers';
import type { RecipeMatches } from '../pruning/matches';
import type { Rule } from '../pruning/recipe';
import type { Candidate } from '../pruning/resolution';

/** `half.json: 4 of 5 rules matched 20 tensors.`, and which did not. @param name of its file, or what it is called */
export function matchesInWords({ rules, off, unmatched, tensors }: RecipeMatches, name: string): string {
  if (rules === 0) return `${name} has no rules${off > 0 ? ' that are on' : ''}: nothing is pruned.`;
  const matched = rules - unmatched.length;
  const said = `${name}: ${matched} of ${formatQuantity(rules, 'rule')} matched ${formatQuantity(tensors, 'tensor')}${off > 0 ? `, ${off} ${off === 1 ? 'is' : 'are'} off` : ''}.`;
  if (unmatched.length === 0) return said;
  return `${said} Nothing here is meant by ${namesInWords(unmatched.map(ruleInWords))}.`;
}

/** @throws CheckpointError `invalid-recipe` where it has rules and none of them matches anything */
export function assertMatches(
  { rules, unmatched }: RecipeMatches,
  name: string,
  fileName: string,
  candidates: readonly Candidate[],
): void {
  if (rules === 0 || unmatched.length < rules) return;
  const wanted = unmatched.map(({ rule }) => wantedBy(rule));
  const here = candidates.filter(({ byDefault }) => byDefault).slice(0, 2);
  const names = here.length === 0 ? '' : ` The tensors here are called ${namesInWords(here.map((each) => each.name))}.`;
  throw new CheckpointError(
    'invalid-recipe',
    `0 of ${formatQuantity(rules, 'rule')} of ${name} matched a tensor of ${fileName}, so nothing was changed.`,
    { advice: `It is meant for ${namesInWords([...new Set(wanted)].slice(0, 3))}.${names}` },
  );
}

function ruleInWords({ path, rule }: RecipeMatches['unmatched'][number]): string {
  return `${path} (${wantedBy(rule)})`;
}

function wantedBy({ tensors, kinds }: Rule): string {
  const names = tensors ? namesInWords(tensors.slice(0, 3)) + (tensors.length > 3 ? ', …' : '') : undefined;
  const ofKind = kinds && `kind ${kinds.join(' or ')}`;
  return [names, ofKind].filter((part) => part !== undefined).join(' of ') || 'what is on by default';
}
