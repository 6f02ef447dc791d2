/** What resolving a recipe against measured tensors gives: for each tensor the masks that make its zeros. */
import type { Axes } from '../tensors/axes';
import type { PrunableDtype } from '../tensors/dtype';
import type { Int8Scales } from '../tensors/findings';
import type { BinEnergies, RefinedBin, TensorStatistics } from '../tensors/statistics';
import type { LayerKind, TensorId } from '../tensors/tensor';
import type { Channels, SlicesOfAxis } from './channelGroups';
import type { Score } from './score';

/** A tensor as pruning sees it: one per storage (tied names are listed once). */
export interface Candidate {
  readonly id: TensorId;
  readonly name: string;
  /** Other names of the same weights. A rule matches when any name does. */
  readonly aliases: readonly string[];
  readonly kind: LayerKind;
  readonly dtype: PrunableDtype;
  readonly shape: readonly number[];
  /** Where known. */
  readonly axes?: Axes;
  /** Which of several models of the file it belongs to, and its name there, which its twin in a copy shares. */
  readonly model?: string;
  readonly nameInModel?: string;
  /** Pruned by rules that do not name it exactly. */
  readonly byDefault: boolean;
  /** By hand: only rules that say so decide for it. */
  readonly locked?: true;
  readonly statistics: TensorStatistics;
  /** A reference checkpoint holds the same tensor of an earlier time. */
  readonly reference?: true;
  /** Norms of the inputs that its weights multiply are known. */
  readonly inputNorms?: true;
  /** Their moments were. */
  readonly inputMoments?: true;
  /** Of the model that it is of, where a graph tells them: the same for all its tensors. */
  readonly channels?: Channels;
}

/**
 * One mask. It chooses among the elements that the masks before it left (`Program`); those keep their place in the
 * order of ties, which is ascending index (of groups: ascending group number).
 *
 * - `threshold`: what scores below goes, and the first `ties` at it (`Infinity`: all of them).
 * - `pattern`: of every `m` neighbours along `axis` all but the `n` highest scores; of equal ones the first go. A ragged
 *   tail stays.
 * - `rows`: of every output (an index of each of `axes`) the `count` lowest scores; of equal ones the first.
 * - `same`: whatever `program` takes of another tensor, `as`, of the same shape: in a copy of a model. Also what is not
 *   finite, where it is finite there.
 * - `slices`: all at the indices, along any of the axes, whatever they are: channels. NaN and infinities go, too.
 * - `values`: the elements become those of a repair that the engine holds, whatever went before, and the zeros among them are
 *   what went.
 * - `int8`: the elements become those that int8 would leave of them; nothing goes. For looking at, in no recipe.
 */
export type Mask =
  | { readonly kind: 'threshold'; readonly score: Score; readonly threshold: number; readonly ties: number }
  | { readonly kind: 'pattern'; readonly score: Score; readonly n: number; readonly m: number; readonly axis: number }
  | { readonly kind: 'rows'; readonly score: Score; readonly axes: readonly number[]; readonly count: number }
  | { readonly kind: 'slices'; readonly cuts: readonly SlicesOfAxis[] }
  | { readonly kind: 'same'; readonly as: TensorId; readonly name: string; readonly program: Program }
  | { readonly kind: 'values'; readonly repair: string }
  | ({ readonly kind: 'int8' } & Int8Scales);

/** One that chooses by scores of the tensor's own. */
export type OwnMask = Exclude<Mask, { kind: 'same' | 'slices' | 'values' | 'int8' }>;

export type { SlicesOfAxis } from './channelGroups';

/** Masks in the order they apply. Empty: nothing goes. */
export type Program = readonly Mask[];

/** What of a program decides: values take the place of all that was before them. */
export function inForce(program: Program): Program {
  const last = program.findLastIndex(({ kind }) => kind === 'values');
  return last <= 0 ? program : program.slice(last);
}

/** A threshold as it is shown and dragged: the last mask of a program, where that is one, or one that takes nothing. */
export type Placement = Extract<Mask, { kind: 'threshold' }>;

/** The scores a placement is compared with, for histograms. */
export interface MeasuredScores {
  /** The dtype that scores are compared in (see score.ts). */
  readonly dtype: PrunableDtype;
  /** Of the scores that could still go: one for each weight or group. The same object where tensors have them in common. */
  readonly statistics: TensorStatistics;
  /** Of channels that go together: how many go. */
  readonly gone?: number;
}

/** `Outcome.rule` of a tensor that no rule decides for: a repair changed it, or channels went with those of others. */
export const noRule = -1;

export interface Outcome {
  /** Index of the rule that decides for the tensor (in the last step that has one for it), or `noRule`. */
  readonly rule: number;
  readonly program: Program;
  /** Absent: nothing is pruned yet, or the last mask has no threshold. */
  readonly placement?: Placement;
  /** Absent: the weights themselves are the scores (`Candidate.statistics`), or they are not measured yet. */
  readonly scores?: MeasuredScores;
  /** Weights the program chooses, those already zero included. */
  readonly pruned: number;
  /** Zeros in the result. */
  readonly zeros: number;
  /** Whether all of this is final; if not it is the nearest that is known. */
  readonly exact: boolean;
}

/** Tensors that some rule decides for. */
export function countIn(outcomes: ReadonlyMap<TensorId, Pick<Outcome, 'rule'>>): number {
  let count = 0;
  for (const { rule } of outcomes.values()) if (rule !== noRule) count++;
  return count;
}

/** Whether some rule decides for a tensor. */
export function isDecided(outcomes: ReadonlyMap<TensorId, Pick<Outcome, 'rule'>>, tensor: TensorId): boolean {
  return (outcomes.get(tensor)?.rule ?? noRule) !== noRule;
}

/**
 * What has to be looked up in the weights before a resolution is exact, each one pass over one tensor. `after` are the
 * masks that have applied by then.
 */
export type Request =
  /** The values in one fine bin of the scores. → RefinedBin */
  | {
      readonly kind: 'bin';
      readonly tensor: TensorId;
      readonly score: Score;
      readonly after: Program;
      readonly bin: number;
    }
  /** The scores of all that is left. → TensorStatistics (masked elements and groups without any left are not counted) */
  | { readonly kind: 'scores'; readonly tensor: TensorId; readonly score: Score; readonly after: Program }
  /** Sums of squares by fine bin of magnitude, of what is left. → BinEnergies */
  | { readonly kind: 'energies'; readonly tensor: TensorId; readonly after: Program }
  /** What a program leaves. → ProgramCounts */
  | { readonly kind: 'counts'; readonly tensor: TensorId; readonly after: Program };

export interface ProgramCounts {
  /** Weights chosen, those already zero included. */
  readonly pruned: number;
  /** Zeros of either sign in the result. */
  readonly zeros: number;
}

export type Answer = RefinedBin | TensorStatistics | BinEnergies | ProgramCounts;

/** Which answer a request gets. */
export type AnswerTo<R extends Request> = R extends { kind: 'bin' }
  ? RefinedBin
  : R extends { kind: 'scores' }
    ? TensorStatistics
    : R extends { kind: 'energies' }
      ? BinEnergies
      : ProgramCounts;

export interface Resolution {
  /** One per tensor that some rule decides for. */
  readonly outcomes: ReadonlyMap<TensorId, Outcome>;
  /** Empty when everything is exact. */
  readonly pending: readonly Request[];
}

/** What was looked up so far. */
export interface Answers {
  get<R extends Request>(request: R): AnswerTo<R> | undefined;
}

/** Equal for equal requests. Made hundreds of times in every frame of a drag: common parts are no JSON. */
export function requestKey(request: Request): string {
  const { kind, tensor, after } = request;
  const bin = kind === 'bin' ? request.bin : '';
  const score = kind === 'bin' || kind === 'scores' ? keyOfScore(request.score) : '';
  return `${kind} ${tensor} ${bin} ${score} ${after.length === 0 ? '' : keyOfProgram(after)}`;
}

function keyOfScore({ criterion, groups, seed, axes }: Score): string {
  return `${criterion} ${seed ?? ''} ${groups ? JSON.stringify(groups) : ''}${axes ? JSON.stringify(axes) : ''}`;
}

/** Infinite ties become the text `all`, which JSON would make null. */
function keyOfProgram(program: Program): string {
  return JSON.stringify(program, (_, value) => (value === Number.POSITIVE_INFINITY ? 'all' : value));
}
