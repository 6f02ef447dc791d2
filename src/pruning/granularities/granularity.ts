/** What a granularity is: all that is known of one by its name or fields stands in its record, and nowhere else. */
import type { LayerKind } from '../../tensors/tensor';
import type { CriterionRecord, PythonTensor } from '../criteria/criterion';
import type { Field } from '../fields';
import type { Refusal, Shaped } from '../refusal';
import type { NormOrder, ScoredGroups } from '../score';

/** `Value` is what stands in recipes. */
export type GranularityRecord<Value> = Words<Value> & (OfWeights | OfGroups<Value> | OfUnits | OfPatterns<Value>);

/** Each weight for itself. */
interface OfWeights {
  readonly takes: 'weights';
}

/** Groups of weights, which are scored and go together. */
interface OfGroups<Value> {
  readonly takes: 'groups';
  /** The groups of a tensor that has some dimensions, or why there are none. */
  groupsIn(value: Value, tensor: Shaped): ScoredGroups | Refusal;
  /** What one group of a tensor is called, where that tells more: `filter`. */
  nounOf?(value: Value, tensor: NamedTensor): string;
  /** In reports. @param of what the groups are scored by; absent: the norm of their weights */
  scoreText(groups: ScoredGroups, of: string | undefined): string;
  readonly python: {
    readonly parts: readonly string[];
    /** An expression for the groups of `layers[name]`. */
    groups(value: Value, of: PythonTensor): string;
  };
}

/** Channels of several tensors, which a graph tells (`Channels`): they have scores of their own. */
interface OfUnits {
  readonly takes: 'units';
  /** That rules may name: the first stands for the units' own scores. */
  readonly criteria: readonly string[];
  readonly scopes: readonly string[];
  /** Words for the units' own scores: those of a criterion. */
  readonly scored: Pick<CriterionRecord, 'symbol' | 'title' | 'label' | 'help' | 'description'>;
}

/** Of every `m` neighbours along an axis the `n` highest scores stay. */
interface OfPatterns<Value> {
  readonly takes: 'patterns';
  patternIn(value: Value, tensor: Shaped): Pattern | Refusal;
  /** Share that goes. */
  shareOf(value: Value): number;
  /** `of every 4 neighbours the 2 highest stay` */
  rule(value: Value): string;
  /** What it does, for a person at its layer. */
  meaning(value: Value): string;
  /** Why there is no handle. */
  fixedText(value: Value, tensors: readonly (Shaped & { readonly name: string })[]): string;
  readonly python: {
    readonly parts: readonly string[];
    /** A statement about `layers[name]`. @param scores an expression for those of its weights */
    mask(value: Value, scores: string, of: PythonTensor): string;
  };
}

export interface Pattern {
  readonly n: number;
  readonly m: number;
  readonly axis: number;
}

interface Words<Value> {
  /** The text in recipes, or the field that tells its object from others. */
  readonly key: string;
  readonly field: Field<Value>;
  /** What amounts count, and scores are of: `kernel`. */
  readonly noun: string;
  /** `magnitude of <description>`, in reports. */
  description(value: Value): string;
  /** In the table, where the criterion says no more. */
  chip?(value: Value): string;
  /** What can be chosen, in the dimensions at hand. */
  choices(axes: NamedAxes): readonly GranularityChoice<Value>[];
  /** Numbers to set. */
  settings?(value: Value, axes: NamedAxes): readonly NumberSetting<Value>[];
  norm?(value: Value): NormSetting<Value>;
}

/** What of a tensor its words depend on. */
export interface NamedTensor extends Shaped {
  readonly kind: LayerKind;
}

/** The dimensions of the tensors at hand, as far as they agree. */
export interface NamedAxes {
  readonly outputs: number;
  readonly inputs: number;
  /** There are convolutions: outputs are filters. */
  readonly isConv: boolean;
}

export interface GranularityChoice<Value> {
  readonly id: string;
  readonly label: string;
  /** One sentence, with the name that papers and torch.nn.utils.prune have for it. */
  readonly help: string;
  /** Whether it is what a granularity of this record says. */
  is(value: Value): boolean;
  /** @param norm that groups had so far */
  make(norm: NormOrder): Value;
}

export interface NumberSetting<Value> {
  readonly label: string;
  readonly help: string;
  readonly value: number;
  /** Whole numbers between which it lies, both included. */
  readonly least: number;
  readonly most: number;
  with(value: number): Value;
}

export interface NormSetting<Value> {
  readonly order: NormOrder;
  with(order: NormOrder): Value;
}

/** Whether channels that go together are ranked by scores of their own: the criterion stands for them unless it draws. */
export function isOwnScore(criterion: string): boolean {
  return criterion !== 'random';
}

/** Whether what has one score is more than a single weight. */
export function areGroups({ takes }: { readonly takes: GranularityRecord<unknown>['takes'] }): boolean {
  return takes === 'groups' || takes === 'units';
}

/** `L2`, `L∞`, `L−∞` */
export function normText(norm: NormOrder): string {
  return `L${norm === 'inf' ? '∞' : norm === '-inf' ? '−∞' : norm}`;
}
