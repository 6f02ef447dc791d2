/** One rule as statements of the script, and the parts of it that they call. */
import { criterionOf, factsOf } from '../../pruning/criteria/criteria';
import type { InputNeed, PythonTensor } from '../../pruning/criteria/criterion';
import { granularityOf } from '../../pruning/granularities/granularities';
import type { Amount, Rule } from '../../pruning/recipe';
import type { Candidate } from '../../pruning/resolution';
import { applied, further, type PythonRule } from '../../pruning/scopes/scope';
import { scopeOf } from '../../pruning/scopes/scopes';
import type { NormOrder } from '../../pruning/score';
import { type ByTensor, byTensorOf } from './byTensor';
import { pythonFloat } from './literals';

/** A rule, and the tensors that it decides for, in the order of the file. */
export interface DecidedRule {
  /** As a person would write it: `rules[2]`. */
  readonly path: string;
  /** Which of the recipe's rounds it is of. */
  readonly round: number;
  readonly rule: Rule;
  readonly candidates: readonly Candidate[];
  /** The constant that lists the names, and what is appended to names of further constants. */
  readonly number: number;
}

export interface RuleCode {
  /** Module-level constants beside the list of names. */
  readonly constants: readonly string[];
  readonly statements: readonly string[];
  /** Parts that are called. */
  readonly needs: readonly string[];
  /** Whether tensors are compared with each other, so that all have to be there. */
  readonly isTogether: boolean;
  readonly needsReference: boolean;
  /** What the rule scores by is in the file of norms. */
  readonly needsInputs?: InputNeed;
}

/** The list of names of a rule. */
export function namesOf({ number }: DecidedRule): string {
  return `LAYERS_${number}`;
}

export function ruleCode(decided: DecidedRule): RuleCode {
  const byTensor = byTensorOf(decided);
  const { parts, statements, isTogether } = taking(decided, byTensor);
  const { need } = factsOf(decided.rule.criterion);
  return {
    constants: Object.values(byTensor).flatMap(({ value, constant }) =>
      constant !== undefined && statements.some((line) => line.includes(value)) ? constant : [],
    ),
    needs: parts,
    statements,
    isTogether: isTogether === true || need === 'reference',
    needsReference: need === 'reference',
    ...((need === 'norms' || need === 'moments') && { needsInputs: need }),
  };
}

interface Taking {
  readonly parts: readonly string[];
  readonly statements: readonly string[];
  readonly isTogether?: boolean;
}

function taking(decided: DecidedRule, byTensor: ByTensor): Taking {
  const { criterion, granularity, amount, keep = 0, seed = 0, scope: scopeName } = decided.rule;
  const names = namesOf(decided);
  const of: PythonTensor = {
    seed,
    outputs: byTensor.outputs.value,
    inputs: byTensor.inputs.value,
    rows: byTensor.rows.value,
  };
  const { python } = criterionOf(criterion);
  const scores = python.scores(of);
  const record = granularityOf(granularity);
  // Those of a round are taken together, by the lists in the script.
  if (record.takes === 'units') return { parts: ['take_channels'], statements: [] };
  if (record.takes === 'patterns') {
    const { parts, mask } = record.python;
    const statements = [`for name in ${names}:`, `    ${mask(granularity, scores, of)}`];
    return { parts: [...python.parts, ...parts], statements };
  }
  const scope = scopeOf(scopeName);
  const groups = scoredGroups(decided.rule, of);
  const hold = (held: string) => `hold_back(${held}, left(layers[name]), ${pythonFloat(keep)})`;
  const rule: PythonRule = {
    names,
    scores,
    groups: groups.value,
    shape: byTensor.shape.value,
    rows: byTensor.rows.value,
    amount: amountText(amount),
    keep: keep > 0 ? `keep=${pythonFloat(keep)}` : undefined,
    hold: keep > 0 ? hold : (held) => held,
  };
  if (scope.takes === 'rows') {
    return { parts: [...python.parts, ...scope.python.parts], statements: scope.python.statements(rule) };
  }
  const { isTogether, weights, groups: ofGroups } = scope.python;
  const placed = placedAt(amount);
  if (record.takes === 'groups') {
    const taken = placed ? groupsUpTo(placed) : ofGroups;
    if (!taken) return { parts: [], statements: [] };
    const parts = [...groups.parts, ...taken.parts];
    return { parts, statements: taken.statements(rule), isTogether: isTogether && !placed };
  }
  const taken = placed ? weightsUpTo(placed, decided.rule) : weights;
  const parts = [...python.parts, ...taken.parts, ...(keep > 0 ? ['hold_back', 'left'] : [])];
  return { parts, statements: taken.statements(rule), isTogether: isTogether && !placed };
}

/** A threshold, or a multiple of a deviation. */
type Placed = Extract<Amount, { threshold: number } | { sigma: number }>;

function placedAt(amount: Amount | undefined): Placed | undefined {
  return amount && ('threshold' in amount || 'sigma' in amount) ? amount : undefined;
}

/** Single weights, by way of torch.nn.utils.prune. */
function weightsUpTo(amount: Placed, { criterion }: Rule) {
  // Of weights that of the tensor as it came, of other scores that of those that are left.
  const deviation = (scores: string) =>
    factsOf(criterion).isOfWeights ? 'deviation(weights[name])' : `deviation((${scores})[left(layers[name])])`;
  const threshold = (scores: string) =>
    'threshold' in amount ? pythonFloat(amount.threshold) : `${pythonFloat(amount.sigma)} * ${deviation(scores)}`;
  return {
    parts: ['threshold_pruning', ...('sigma' in amount ? ['deviation', 'left'] : [])],
    statements: ({ names, scores, hold }: PythonRule) => [
      `for name in ${names}:`,
      ...applied('ThresholdPruning', hold(scores), `threshold=${threshold(scores)}`),
    ],
  };
}

function groupsUpTo(amount: Placed) {
  const threshold =
    'threshold' in amount ? pythonFloat(amount.threshold) : `${pythonFloat(amount.sigma)} * deviation(groups.scores)`;
  return {
    parts: ['take_groups_up_to', ...('sigma' in amount ? ['deviation'] : [])],
    statements: ({ names, groups, keep }: PythonRule) => [
      `for name in ${names}:`,
      `    groups = ${groups}`,
      `    take_groups_up_to(groups, ${threshold}${further(keep)})`,
    ],
  };
}

/** An expression for the scored groups of `layers[name]`; empty where there are none. */
function scoredGroups({ criterion, granularity }: Rule, of: PythonTensor): { value: string; parts: readonly string[] } {
  const record = granularityOf(granularity);
  if (record.takes !== 'groups') return { value: '', parts: [] };
  const groups = record.python.groups(granularity, of);
  const { ofGroups } = factsOf(criterion);
  if (ofGroups === 'draws') {
    return { value: `by_chance(${groups}, name, ${of.seed})`, parts: [...record.python.parts, 'by_chance'] };
  }
  const { python } = criterionOf(criterion);
  const scores = ofGroups === 'scores' ? `, ${python.scores(of)}` : '';
  const p = orderText(record.norm?.(granularity).order ?? 1);
  return { value: `by_norm(${groups}, ${p}${scores})`, parts: [...record.python.parts, 'by_norm', ...python.parts] };
}

function orderText(norm: NormOrder): string {
  return norm === 'inf' ? 'math.inf' : norm === '-inf' ? '-math.inf' : String(norm);
}

function amountText(amount: Amount | undefined): string {
  if (amount && 'sparsity' in amount) return pythonFloat(amount.sparsity);
  return amount && 'count' in amount ? String(amount.count) : '0';
}
