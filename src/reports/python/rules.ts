/** One rule as statements of the script, and the parts of it that they call. */
import type { Rule } from '../../pruning/recipe';
import type { Candidate } from '../../pruning/resolution';
import { isPattern } from '../../pruning/score';
import { inputAxisOf, rowAxesOf } from '../../tensors/axes';
import { pythonDict, pythonFloat, pythonString } from './literals';
import type { PartName } from './parts';

/** A rule, and the tensors that it decides for, in the order of the file. */
export interface DecidedRule {
  /** As a person would write it: `rules[2]`. */
  readonly path: string;
  readonly rule: Rule;
  readonly candidates: readonly Candidate[];
  /** The constant that lists the names, and what is appended to names of further constants. */
  readonly number: number;
}

export interface RuleCode {
  /** Module-level constants beside the list of names. */
  readonly constants: readonly string[];
  readonly statements: readonly string[];
  readonly needs: readonly PartName[];
  /** Whether tensors are compared with each other, so that all have to be there. */
  readonly isTogether: boolean;
  readonly needsReference: boolean;
  readonly needsNorms: boolean;
}

/** The list of names of a rule. */
export function namesOf({ number }: DecidedRule): string {
  return `LAYERS_${number}`;
}

export function ruleCode(decided: DecidedRule): RuleCode {
  const { rule } = decided;
  if (isPattern(rule.granularity)) return patternCode(decided, rule.granularity);
  if (rule.scope === 'row') return rowCode(decided);
  return rule.granularity === 'weight' ? weightCode(decided) : groupCode(decided);
}

function patternCode(decided: DecidedRule, { n, m }: { n: number; m: number }): RuleCode {
  const { inputs: axis } = axesOf(decided);
  return code(decided, {
    constants: axis.constants,
    needs: ['keep_n_of_m', ...scoreNeeds(decided)],
    statements: [
      `for name in ${namesOf(decided)}:`,
      `    keep_n_of_m(layers[name], ${scoresOf(decided)}, axis=${axis.value}, n=${n}, m=${m})`,
    ],
  });
}

function rowCode(decided: DecidedRule): RuleCode {
  const axis = constantOf(decided, 'ROWS', (candidate) => `[${rowAxesOf(candidate)?.join(', ')}]`);
  const { keep } = decided.rule;
  const amount = `amount=${amountOf(decided.rule)}${keep ? `, keep=${pythonFloat(keep)}` : ''}`;
  return code(decided, {
    constants: axis.constants,
    needs: ['take_lowest_of_rows', ...scoreNeeds(decided)],
    statements: [
      `for name in ${namesOf(decided)}:`,
      `    take_lowest_of_rows(layers[name], ${scoresOf(decided)}, axes=${axis.value}, ${amount})`,
    ],
  });
}

/** Single weights, by way of torch.nn.utils.prune. */
function weightCode(decided: DecidedRule): RuleCode {
  const { rule } = decided;
  const { keep = 0, scope } = rule;
  const amount = rule.amount!;
  const names = namesOf(decided);
  const isLamp = scope === 'lamp';
  const plain = isLamp ? 'lamp_scores(layers[name])' : scoresOf(decided);
  const scores = keep > 0 ? `hold_back(${plain}, left(layers[name]), ${pythonFloat(keep)})` : plain;
  const needs: PartName[] = [
    ...scoreNeeds(decided),
    ...(isLamp ? (['lamp_scores'] as const) : []),
    ...(keep > 0 ? (['hold_back', 'left'] as const) : []),
  ];
  const apply = (method: string, argument: string) => [
    `    scores = ${scores}`,
    `    ${method}.apply(layers[name], "weight", importance_scores=scores, ${argument})`,
  ];
  if ('threshold' in amount || 'sigma' in amount) {
    const threshold =
      'threshold' in amount
        ? pythonFloat(amount.threshold)
        : `${pythonFloat(amount.sigma)} * ${deviationOf(decided, plain)}`;
    return code(decided, {
      needs: [...needs, 'threshold_pruning', ...('sigma' in amount ? (['deviation', 'left'] as const) : [])],
      statements: [`for name in ${names}:`, ...apply('ThresholdPruning', `threshold=${threshold}`)],
    });
  }
  if (scope === 'global' || isLamp) {
    return code(decided, {
      isTogether: true,
      needs: [...needs, 'lowest_pruning'],
      statements: [
        'prune.global_unstructured(',
        `    [(layers[name], "weight") for name in ${names}],`,
        '    pruning_method=LowestPruning,',
        `    importance_scores={(layers[name], "weight"): ${scores} for name in ${names}},`,
        `    amount=${amountOf(rule)},`,
        ')',
      ],
    });
  }
  if (scope === 'erk') {
    const shape = shapeOf(decided);
    return code(decided, {
      constants: shape.constants,
      isTogether: true,
      needs: [...needs, 'lowest_pruning', 'erk_counts', 'left'],
      statements: [
        'counts = erk_counts(',
        `    [${shape.value} for name in ${names}],`,
        `    [int(left(layers[name]).sum()) for name in ${names}],`,
        `    sparsity=${amountOf(rule)},`,
        ...(keep > 0 ? [`    keep=${pythonFloat(keep)},`] : []),
        ')',
        `for name, count in zip(${names}, counts):`,
        ...apply('LowestPruning', 'amount=count'),
      ],
    });
  }
  return code(decided, {
    needs: [...needs, 'lowest_pruning'],
    statements: [`for name in ${names}:`, ...apply('LowestPruning', `amount=${amountOf(rule)}`)],
  });
}

/** An expression for the shape of `layers[name]`: where it is several layers side by side, that of one. */
function shapeOf(decided: DecidedRule): { value: string; constants: readonly string[] } {
  if (!decided.candidates.some(({ axes }) => axes?.copies)) {
    return { value: 'layers[name].weight.shape', constants: [] };
  }
  const { value, constants } = constantOf(decided, 'COPIES', ({ axes }) => `[${axes?.copies?.join(', ') ?? ''}]`);
  const sizes = 'zip(layers[name].axes, layers[name].weight.shape)';
  return { value: `[size for axis, size in ${sizes} if axis not in ${value}]`, constants };
}

/** Weights that go together. */
function groupCode(decided: DecidedRule): RuleCode {
  const { rule } = decided;
  const { scope, keep = 0 } = rule;
  const amount = rule.amount!;
  const names = namesOf(decided);
  const groups = groupsOf(decided);
  const floor = keep > 0 ? `, keep=${pythonFloat(keep)}` : '';
  const { constants } = groups;
  if ('threshold' in amount || 'sigma' in amount) {
    const threshold =
      'threshold' in amount ? pythonFloat(amount.threshold) : `${pythonFloat(amount.sigma)} * deviation(groups.scores)`;
    return code(decided, {
      constants,
      needs: [...groups.needs, 'take_groups_up_to', ...('sigma' in amount ? (['deviation'] as const) : [])],
      statements: [
        `for name in ${names}:`,
        `    groups = ${groups.value}`,
        `    take_groups_up_to(groups, ${threshold}${floor})`,
      ],
    });
  }
  const needs: PartName[] = [...groups.needs, 'take_lowest_groups'];
  if (scope === 'erk') {
    const shape = shapeOf(decided);
    return code(decided, {
      constants: [...constants, ...shape.constants],
      isTogether: true,
      needs: [...needs, 'erk_counts'],
      statements: [
        `ranked = [${groups.value} for name in ${names}]`,
        'counts = erk_counts(',
        `    [${shape.value} for name in ${names}],`,
        '    [int(groups.left.sum()) for groups in ranked],',
        `    sparsity=${amountOf(rule)}${floor},`,
        ')',
        'for groups, count in zip(ranked, counts):',
        `    take_lowest_groups([groups], count${floor})`,
      ],
    });
  }
  if (scope === 'global') {
    return code(decided, {
      constants,
      isTogether: true,
      needs,
      statements: [`take_lowest_groups([${groups.value} for name in ${names}], ${amountOf(rule)}${floor})`],
    });
  }
  return code(decided, {
    constants,
    needs,
    statements: [`for name in ${names}:`, `    take_lowest_groups([${groups.value}], ${amountOf(rule)}${floor})`],
  });
}

/** An expression for the scored groups of `layers[name]`. */
function groupsOf(decided: DecidedRule): { value: string; needs: PartName[]; constants: readonly string[] } {
  const { rule } = decided;
  const { granularity, criterion, seed = 0 } = rule;
  const ofScores = criterion === 'activation' ? `, ${scoresOf(decided)}` : '';
  const scored = (groups: string, p: string) =>
    criterion === 'random' ? `by_chance(${groups}, name, ${seed})` : `by_norm(${groups}, ${p}${ofScores})`;
  const scoring: PartName[] = criterion === 'random' ? ['by_chance'] : ['by_norm', ...scoreNeeds(decided)];
  if (typeof granularity === 'object' && 'dim' in granularity) {
    const { dim, norm } = granularity;
    const axis = dim < 0 ? `${dim} % layers[name].weight.dim()` : String(dim);
    const p = norm === 'inf' ? 'math.inf' : norm === '-inf' ? '-math.inf' : String(norm);
    return { value: scored(`channels(layers[name], ${axis})`, p), needs: ['channels', ...scoring], constants: [] };
  }
  const { outputs, inputs } = axesOf(decided);
  const block = typeof granularity === 'object' && 'block' in granularity ? granularity.block : undefined;
  const size = block ? `, ${block.join(', ')}` : '';
  return {
    value: scored(`blocks(layers[name], ${outputs.value}, ${inputs.value}${size})`, '1'),
    needs: ['blocks', ...scoring],
    constants: [...outputs.constants, ...inputs.constants],
  };
}

/** An expression for the scores of all single weights of `layers[name]`. */
function scoresOf(decided: DecidedRule): string {
  const { criterion, seed = 0 } = decided.rule;
  switch (criterion) {
    case 'signed':
      return 'layers[name].weight';
    case 'random':
      return `random_weights(name, layers[name], ${seed})`;
    case 'magnitude_increase':
      return 'layers[name].weight.abs() - reference[name].permute(layers[name].axes).abs()';
    case 'activation': {
      const { outputs, inputs } = axesOf(decided);
      return `products(layers[name], norms[name], outputs=${outputs.value}, inputs=${inputs.value})`;
    }
    default:
      return 'layers[name].weight.abs()';
  }
}

function scoreNeeds({ rule: { criterion } }: DecidedRule): PartName[] {
  if (criterion === 'activation') return ['products'];
  return criterion === 'random' ? ['random_weights'] : [];
}

/** Of weights that of the tensor as it came, of other scores that of those that are left. */
function deviationOf({ rule: { criterion } }: DecidedRule, scores: string): string {
  return criterion === 'magnitude' || criterion === 'signed'
    ? 'deviation(weights[name])'
    : `deviation((${scores})[left(layers[name])])`;
}

function amountOf({ amount }: Rule): string {
  if (amount && 'sparsity' in amount) return pythonFloat(amount.sparsity);
  return amount && 'count' in amount ? String(amount.count) : '0';
}

function axesOf(decided: DecidedRule) {
  return {
    outputs: constantOf(decided, 'OUTPUTS', (candidate) => String(candidate.axes?.outputs[0])),
    inputs: constantOf(decided, 'INPUTS', (candidate) => String(inputAxisOf(candidate))),
  };
}

/** An expression that is the same for all, or else is looked up in a constant. */
function constantOf(
  { candidates, number }: DecidedRule,
  constant: string,
  expression: (candidate: Candidate) => string,
): { value: string; constants: string[] } {
  const values = candidates.map(expression);
  if (new Set(values).size === 1) return { value: values[0]!, constants: [] };
  const entries = candidates.map(({ name }, i): [string, string] => [pythonString(name), values[i]!]);
  const called = `${constant}_${number}`;
  return { value: `${called}[name]`, constants: [`${called} = ${pythonDict(entries)}`] };
}

function code(
  decided: DecidedRule,
  made: { needs: readonly PartName[]; statements: readonly string[]; constants?: readonly string[]; isTogether?: true },
): RuleCode {
  const needsReference = decided.rule.criterion === 'magnitude_increase';
  const needsNorms = decided.rule.criterion === 'activation';
  const ofScores = needsNorms ? Object.values(axesOf(decided)).flatMap(({ constants }) => constants) : [];
  return {
    constants: [...new Set([...(made.constants ?? []), ...ofScores])],
    needs: made.needs,
    statements: made.statements,
    isTogether: made.isTogether === true || needsReference,
    needsReference,
    needsNorms,
  };
}
