/** The recipe as a Python script: what the studio did, said in PyTorch, with the same bytes as its result. */

import { at } from '../lib/known';
import { listed } from '../lib/listed';
import { getOrInsert } from '../lib/maps';
import type { SlicesMask } from '../pruning/channels';
import { decide, roundsOf, rulePath } from '../pruning/decide';
import { formatRecipe } from '../pruning/parseRecipe';
import type { Recipe, Rule } from '../pruning/recipe';
import { fittedTo, hasRepair, isRepairStale, type Repair, withoutStaleRepair } from '../pruning/repair';
import type { Candidate } from '../pruning/resolution';
import { scopeOf } from '../pruning/scopes/scopes';
import { followersIn } from '../pruning/twins';
import { unitRounds } from '../pruning/unitCuts';
import type { Capabilities, ScriptFiles } from '../tensors/capabilities';
import { keysOf } from '../tensors/stateDictKeys';
import { describeRule } from './describe';
import { commentText, pythonDict, pythonList, pythonString } from './python/literals';
import { type FileKind, fileKinds, type MainOptions } from './python/mains';
import { partsFor } from './python/parts';
import { type DecidedRule, namesOf, type RuleCode, ruleCode } from './python/rules';

export interface ScriptSource {
  readonly files: ScriptFiles;
  readonly recipe: Recipe;
  readonly candidates: readonly Candidate[];
  /** That the recipe was repaired with, where its report is at hand. */
  readonly repair?: Pick<Repair, 'tensors'> | undefined;
  /** Every tensor of the file, by id. */
  readonly layers: readonly { readonly name: string; readonly container: string }[];
}

/** The kind of files that a script for a checkpoint reads; undefined where there is none that does. */
export function scriptFilesOf(checkpoint: {
  readonly can: Pick<Capabilities, 'script'>;
  readonly parts: readonly unknown[];
}): ScriptFiles | undefined {
  const { script } = checkpoint.can;
  return script && checkpoint.parts.length > 1 && fileKinds[script].isOneFile ? undefined : script;
}

/**
 * A script to run as `python prune.py in.pth out.pth`. It needs torch, and safetensors or onnx for such files, and holds
 * only what the recipe needs. It computes thresholds from the weights it is given, so it repeats the recipe on any
 * checkpoint with these names. Norms of inputs are not in it: see `--norms`.
 */
export function pythonScript(source: ScriptSource): string {
  const { files, recipe, candidates } = source;
  const decided = decidedRules(recipe, candidates);
  const twins = twinsOf(recipe, candidates, decided);
  const channels = takenChannels(recipe, candidates);
  const codes = decided.map(ruleCode);
  const options = {
    isTogether: twins.length > 0 || codes.some((code) => code.isTogether),
    needsReference: codes.some((code) => code.needsReference),
    needsNorms: codes.some((code) => code.needsInputs),
    ...(hasRepair(recipe) && { repair: recipe.repair.between ? ('between' as const) : ('after' as const) }),
  };
  const kind = fileKinds[files];
  const main = kind.main(options);
  const needs = ['layer', ...codes.flatMap((code) => code.needs), ...main.needs];
  const parts = partsFor(needs);
  const imports = ['import torch', ...parts.flatMap((part) => part.imports), ...main.imports];
  const isPartial = kind.areShards === true && !options.isTogether;
  const blocks = [
    docstring(kind, options),
    recipeComment(recipe),
    importLines(imports),
    [
      ...decided.flatMap((each, i) => ruleConstants(each, at(codes, i))),
      ...channels.flatMap(channelConstants),
      ...twinConstants(twins),
      ...repairConstants(source),
      ...nameConstants(decided, twins, channels, source, kind),
      ...normConstants(decided, codes),
    ].join('\n'),
    ...parts.map(({ source }) => `\n${source.trim()}\n`),
    `\n${pruneWeights(decided, codes, channels, options, isPartial, twins.length > 0)}`,
    `\n${main.source}`,
    '\nif __name__ == "__main__":\n    main()\n',
  ];
  return `${blocks.map((block) => block.replace(/\n+$/, '')).join('\n\n')}\n`;
}

/** What each rule decides for, round by round. */
function decidedRules(recipe: Recipe, candidates: readonly Candidate[]): DecidedRule[] {
  const decided: DecidedRule[] = [];
  const { ranked } = followersIn(recipe, candidates);
  roundsOf(recipe).forEach((rules, round) => {
    const decisions = decide(rules, ranked);
    rules.forEach((rule, index) => {
      const own = ranked.filter((_, at) => decisions[at] === index);
      for (const group of rankedTogether(rule, own)) {
        const { model } = at(group, 0);
        const path = rulePath(recipe, round, index);
        const isPart = group.length < own.length && model !== undefined;
        const number = decided.length + 1;
        decided.push({
          path: isPart ? `${path}, ${model || 'the outermost dict'}` : path,
          round,
          rule,
          candidates: group,
          number,
        });
      }
    });
  });
  return decided;
}

/** The tensors of a rule that are ranked together: where it compares any, those of each model. */
function rankedTogether({ scope, amount }: Rule, candidates: readonly Candidate[]): (readonly Candidate[])[] {
  if (candidates.length === 0) return [];
  const isCounted = amount !== undefined && ('sparsity' in amount || 'count' in amount);
  if (!isCounted || !scopeOf(scope).isShared) return [candidates];
  const models = new Map<string | undefined, Candidate[]>();
  for (const candidate of candidates) getOrInsert(models, candidate.model, () => []).push(candidate);
  return [...models.values()];
}

/** A tensor that takes the mask of another. */
interface ScriptTwin {
  readonly twin: Candidate;
  readonly original: Candidate;
}

function twinsOf(recipe: Recipe, candidates: readonly Candidate[], decided: readonly DecidedRule[]): ScriptTwin[] {
  const { originals } = followersIn(recipe, candidates);
  const isIn = new Set(decided.flatMap((each) => each.candidates));
  return candidates.flatMap((twin) => {
    const original = originals.get(twin.id);
    return original && isIn.has(original) ? [{ twin, original }] : [];
  });
}

function twinConstants(twins: readonly ScriptTwin[]): string[] {
  if (twins.length === 0) return [];
  const entries = twins.map(({ twin, original }) => [pythonString(twin.name), pythonString(original.name)] as const);
  return ['# Copies, and the weights whose masks they take.', `TWINS = ${pythonDict(entries)}`];
}

/** Channels that go together, of one round: which go was decided by what the graph told, and is listed. */
interface TakenChannels {
  readonly round: number;
  readonly constant: string;
  readonly cuts: readonly { readonly candidate: Candidate; readonly mask: SlicesMask }[];
}

function takenChannels(recipe: Recipe, candidates: readonly Candidate[]): TakenChannels[] {
  return unitRounds(recipe, candidates).flatMap((unitCuts, round) => {
    const cuts = candidates.flatMap((candidate) => {
      const mask = unitCuts?.slices.get(candidate.id);
      return mask ? { candidate, mask } : [];
    });
    return cuts.length === 0 ? [] : { round, constant: `CHANNELS_${round + 1}`, cuts };
  });
}

function channelConstants({ constant, cuts }: TakenChannels): string[] {
  const entries = cuts.map(({ candidate, mask }): [string, string] => {
    const axes = mask.cuts.map(({ axis, indices }) => `(${axis}, [${indices.join(', ')}])`);
    return [pythonString(candidate.name), `[${axes.join(', ')}]`];
  });
  return [
    '# Channels that go together: by weight, indices along its dimensions.',
    `${constant} = ${pythonDict(entries)}`,
  ];
}

function docstring({ example, packages }: FileKind, { needsNorms, repair }: MainOptions): string {
  const needed = needsNorms || repair ? [...new Set([...packages, 'safetensors'])] : packages;
  const norms = needsNorms
    ? `
The norms of inputs that it scores by are in the file saved beside it, prune.norms.safetensors; --norms names another.
`
    : '';
  const without = repair === 'between' ? 'it does nothing, as its masks belong to them' : 'it prunes only';
  const repaired = repair
    ? `
The weights that stay were repaired: --repair names the file with them that was saved beside the recipe. Without it,
${without}.
`
    : '';
  return `"""Prunes a checkpoint by the recipe below. Written by Secateur.

    python prune.py ${example}

Needs ${listed(needed)}. Layers are named in the lists below: the script prunes these and leaves everything else as it is.
${norms}${repaired}"""`;
}

function recipeComment(recipe: Recipe): string {
  const lines = formatRecipe(withoutStaleRepair(recipe)).trimEnd().split('\n');
  if (isRepairStale(recipe)) lines.push('It was repaired before it was changed: that repair is left out.');
  return lines.map((line) => `# ${commentText(line)}`).join('\n');
}

/** Sorted as isort does: the standard library first, `import` before `from`. */
function importLines(imports: readonly string[]): string {
  const standard = new Set(['argparse', 'hashlib', 'json', 'math', 'pathlib', 'pickle', 'shutil', 'sys']);
  const moduleOf = (line: string) => at(line.split(' '), 1);
  const order = (a: string, b: string) =>
    Number(a.startsWith('from')) - Number(b.startsWith('from')) || (moduleOf(a) < moduleOf(b) ? -1 : 1);
  const unique = [...new Set(imports)].sort(order);
  const isStandard = (line: string) => standard.has(moduleOf(line));
  return `${unique.filter(isStandard).join('\n')}\n\n${unique.filter((line) => !isStandard(line)).join('\n')}`;
}

function ruleConstants(decided: DecidedRule, { constants }: RuleCode): string[] {
  const names = pythonList(decided.candidates.map(({ name }) => pythonString(name)));
  return [`# ${ruleComment(decided)}`, `${namesOf(decided)} = ${names}`, ...constants];
}

function ruleComment({ path, rule }: DecidedRule): string {
  return commentText(`${path}${rule.name ? ` (${rule.name})` : ''}: ${describeRule(rule)}`);
}

/** Tensors that may be repaired; where nothing tells, any that can be pruned. */
function repairedBy({ recipe, candidates, repair }: ScriptSource): readonly { id: number; name: string }[] {
  if (!hasRepair(recipe)) return [];
  return repair ? repair.tensors.map(({ tensor, name }) => ({ id: tensor, name })) : candidates;
}

function repairConstants(source: ScriptSource): string[] {
  const { recipe } = source;
  if (!hasRepair(recipe)) return [];
  return [
    `# ${commentText(`Repaired on ${fittedTo(recipe.repair)}.`)}`,
    `REPAIRED = ${pythonList(repairedBy(source).map(({ name }) => pythonString(name)))}`,
    '# SHA-256 of the repaired weights.',
    `REPAIR = ${pythonString(recipe.repair.file)}`,
  ];
}

function nameConstants(
  decided: readonly DecidedRule[],
  twins: readonly ScriptTwin[],
  channels: readonly TakenChannels[],
  source: ScriptSource,
  { finds }: FileKind,
): string[] {
  const { layers } = source;
  const repaired = repairedBy(source);
  const taken = channels.flatMap(({ cuts }) => cuts.map(({ candidate }) => candidate));
  const further = [
    ...channels.map(({ constant }) => constant),
    ...(twins.length > 0 ? ['TWINS'] : []),
    ...(repaired.length > 0 ? ['REPAIRED'] : []),
  ];
  const names = `NAMES = ${united([...decided.map(namesOf), ...further])}`;
  if (finds === 'names') return [names];
  const keys = keysOf(layers);
  const all = [...decided.flatMap((each) => each.candidates), ...taken, ...twins.map(({ twin }) => twin), ...repaired];
  const candidates = new Map(all.map(({ id, name }) => [id, name]));
  const paths = [...candidates].map(([id, name]): [string, string] => {
    const { container } = at(layers, id);
    const path = container === '' || finds === 'keys' ? at(keys, id) : `${container}.${at(keys, id)}`;
    return [name, path];
  });
  const moved = paths.filter(([name, path]) => name !== path);
  const entries = moved.map(([name, path]): [string, string] => [pythonString(name), pythonString(path)]);
  return [names, '# Where they are in the file, if not under their own name.', `PATHS = ${pythonDict(entries)}`];
}

/** The names of all lists, each once. */
function united(lists: readonly string[]): string {
  return lists.length === 1 ? at(lists, 0) : `list(dict.fromkeys([${lists.map((list) => `*${list}`).join(', ')}]))`;
}

function normConstants(decided: readonly DecidedRule[], codes: readonly RuleCode[]): string[] {
  const lists = decided.flatMap((each, i) => {
    const { needsInputs } = at(codes, i);
    if (!needsInputs) return [];
    return needsInputs === 'norms' ? namesOf(each) : `[f"{name}#obs" for name in ${namesOf(each)}]`;
  });
  return lists.length === 0
    ? []
    : ['# Scored by norms of their inputs, or factors of moments.', `NORMS = ${united(lists)}`];
}

/** @param isPartial it may be given some of the weights only */
function pruneWeights(
  decided: readonly DecidedRule[],
  codes: readonly RuleCode[],
  channels: readonly TakenChannels[],
  { needsReference, needsNorms }: MainOptions,
  isPartial: boolean,
  hasTwins: boolean,
): string {
  const lines = ['layers = {name: Layer(weight) for name, weight in weights.items()}', ''];
  decided.forEach((each, i) => {
    lines.push(`# ${ruleComment(each)}`);
    for (const statement of at(codes, i).statements) {
      const header = `for name in ${namesOf(each)}:`;
      lines.push(
        isPartial && statement === header
          ? `for name in [name for name in ${namesOf(each)} if name in layers]:`
          : statement,
      );
    }
    const taken = decided[i + 1]?.round === each.round ? undefined : channels.find(({ round }) => round === each.round);
    if (taken) {
      lines.push(`for name, cuts in ${taken.constant}.items():`);
      lines.push('    if name in layers:', '        take_channels(layers[name], cuts)');
    }
    lines.push('');
  });
  lines.push('for name, layer in layers.items():', '    write_zeros(layer, weights[name])');
  if (hasTwins) lines.push('for twin, name in TWINS.items():', '    write_zeros(layers[name], weights[twin])');
  const parameters = ['weights', ...(needsReference ? ['reference'] : []), ...(needsNorms ? ['norms'] : [])].join(', ');
  const body = lines.map((line) => (line === '' ? '' : `    ${line}`)).join('\n');
  return `@torch.no_grad()
def prune_weights(${parameters}):
    """Applies the recipe to tensors by name, in place."""
${body}
`;
}
