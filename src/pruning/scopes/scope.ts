/** What a scope is: all that is known of one by its name stands in its record, and nowhere else. */
import type { Criterion } from '../criteria/criteria';
import type { RunningCut } from '../cut';
import type { Placing } from '../place';

/** What is ranked together, or how one sparsity is shared out. */
export type ScopeRecord<Name extends string = string> = ScopeWords<Name> & (OfThresholds | OfRows);

/** Each tensor gets one threshold. */
interface OfThresholds {
  readonly takes: 'thresholds';
  /** Its scores are those of what is left: what an earlier step took is no part of them. */
  readonly closesSteps?: true;
  /** Takes what an amount says of the tensors, which are of one model. */
  shareOut(group: readonly RunningCut[], amount: CountingAmount, placing: Placing): RunningCut[];
  /** How the script takes the same. */
  readonly python: {
    /** Whether tensors are compared with each other, so that all have to be there. */
    readonly isTogether: boolean;
    readonly weights: PythonTaking;
    readonly groups?: PythonTaking;
  };
}

/** Every row of a tensor loses the same number of its weights. */
interface OfRows {
  readonly takes: 'rows';
  /** Why there is no handle. */
  readonly fixedText: string;
  /** What it does, for a person at its layer. */
  readonly meaning: string;
  readonly python: PythonTaking;
}

export interface CountingAmount {
  /** 0 to 1; undefined where a number is asked for. */
  readonly sparsity: number | undefined;
  /** How many scores are meant, among those that are left of a group. @throws CheckpointError where it has fewer */
  countOf(group: readonly RunningCut[]): number;
}

interface ScopeWords<Name> {
  /** In recipes. */
  readonly name: Name;
  /** Whether tensors share one amount; else each has its own. */
  readonly isShared: boolean;
  /** Whether strips of a pattern, which stand alone, may be said to be of this scope. */
  readonly takesPatterns: boolean;
  readonly demands?: Demands;
  /** As short as a chip in the table; absent where it needs no saying. */
  readonly chip?: string;
  /** `magnitude of single weights, <description>`, in reports. ASCII. */
  readonly description: string;
  /** In the list of choices. */
  readonly label: string;
  /** One sentence, with the name that papers and torch.nn.utils.prune have for it. */
  readonly help: string;
  /** Where one layer is edited alone. */
  readonly alone?: { readonly label: string; readonly help: string };
}

/** What a rule of the scope has to say, and why; absent: whatever it likes. Sentences begin with the name of a field. */
export interface Demands {
  /** `should be magnitude, <why>, but is "random"` */
  readonly criterion?: { readonly only: Criterion; readonly why: string };
  /** Single weights. */
  readonly weights?: { readonly field: 'scope' | 'granularity'; readonly sentence: string };
  /** `should have sparsity or count, because <because>` */
  readonly amount?: { readonly oneOf: readonly AmountName[]; readonly because: string };
}

export type AmountName = 'threshold' | 'sparsity' | 'count' | 'sigma';

export interface PythonTaking {
  /** Files of reports/python/parts. */
  readonly parts: readonly string[];
  statements(rule: PythonRule): readonly string[];
}

/** What statements of the script may name beside `layers`. */
export interface PythonRule {
  /** The list of names of the rule. */
  readonly names: string;
  /** An expression for the scores of `layers[name]`, one a weight. */
  readonly scores: string;
  /** One for its groups, scored. */
  readonly groups: string;
  /** One for its shape; where it is several layers side by side, that of one. */
  readonly shape: string;
  /** One for the axes whose indices together are a row. */
  readonly rows: string;
  readonly amount: string;
  /** `keep=0.1`; undefined where nothing has to stay. */
  readonly keep: string | undefined;
  /** Scores without those that the floor holds back. */
  hold(scores: string): string;
}

/** A statement that prunes `layers[name]` by scores, by way of torch.nn.utils.prune. @param method a class of a part */
export function applied(method: string, scores: string, argument: string): readonly string[] {
  return [
    `    scores = ${scores}`,
    `    ${method}.apply(layers[name], "weight", importance_scores=scores, ${argument})`,
  ];
}

/** Arguments after others, as far as there are any. */
export function further(...given: readonly (string | undefined)[]): string {
  return given.map((each) => (each === undefined ? '' : `, ${each}`)).join('');
}
