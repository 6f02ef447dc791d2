/** What the histogram of a scope shows: the scores that a threshold is compared with, where there is one. */
import type { Rule } from '../../../pruning/recipe';
import { isPattern, type Ranking, rankingOf, type Score, scoreDtypeOf } from '../../../pruning/score';
import type { MeasuredTensor } from '../../../pruning/scoreBins';
import type { MeasuredLayer } from '../../../state/reach';
import { inputAxisOf } from '../../../tensors/axes';
import type { TensorStatistics } from '../../../tensors/statistics';
import { type ScoreWords, scoreWords } from './scoreWords';

/**
 * `placeable`: a threshold over `tensors`, which are the scores of the layers. `fixed`: the method has no threshold.
 * `several`: methods differ. `measuring`: the scores take a pass first.
 */
export type ShownScores =
  | PlaceableScores
  | { readonly kind: 'fixed'; readonly rule: Rule }
  | { readonly kind: 'several' }
  | { readonly kind: 'measuring'; readonly words: ScoreWords };

/** What the handle places a threshold on. */
export interface Placeable {
  readonly ranking: Ranking;
  readonly words: ScoreWords;
  /** How many groups each layer has, where its weights go in groups. */
  readonly groups?: readonly number[];
}

export interface PlaceableScores extends Placeable {
  readonly kind: 'placeable';
  readonly tensors: readonly MeasuredTensor[];
  /** Absent: the weights themselves are shown. */
  readonly title?: string;
  readonly sides: Sides;
}

/** `either`: weights, or their magnitudes where a person prefers those. */
export type Sides = 'either' | 'signed' | 'from zero';

/** Nothing decides for the layers: their weights, as the usual method ranks them. */
const usual = { criterion: 'magnitude', granularity: 'weight' } as const;

/**
 * @param rules one for each layer; undefined where none decides for it
 * @param scores one for each layer: of what its last threshold is compared with; undefined: the weights themselves, or
 *   not measured yet
 */
export function shownScores(
  layers: readonly MeasuredLayer[],
  rules: readonly (Rule | undefined)[],
  scores: readonly (TensorStatistics | undefined)[],
): ShownScores {
  const [first] = rules;
  if (rules.some((rule) => methodKey(rule) !== methodKey(first))) return { kind: 'several' };
  if (first && (isPattern(first.granularity) || first.scope === 'row')) return { kind: 'fixed', rule: first };
  const { criterion, granularity } = first ?? usual;
  const words = scoreWords({ criterion, granularity }, layers);
  const isOfWeights = granularity === 'weight' && (criterion === 'magnitude' || criterion === 'signed');
  if (!isOfWeights && scores.some((each) => each === undefined)) return { kind: 'measuring', words };
  const tensors = layers.map((layer, i): MeasuredTensor => {
    const statistics = scores[i];
    return statistics ? { dtype: scoreDtypeOf({ criterion }, layer.dtype), statistics } : layer;
  });
  const count = tensors.reduce((sum, { statistics }) => sum + statistics.count, 0);
  return {
    kind: 'placeable',
    ranking: rankingFor({ criterion, granularity }),
    words,
    tensors,
    sides: sidesOf({ criterion, granularity }),
    ...((!isOfWeights || scores.some((each) => each !== undefined)) && { title: words.titleFor(count) }),
    ...(words.isOfGroups && { groups: tensors.map(({ statistics }) => statistics.count) }),
  };
}

/** Equal for rules whose thresholds are of the same scores. */
export function methodKey(rule: Rule | undefined): string {
  const { criterion, granularity, seed = 0, scope } = rule ?? { ...usual, scope: 'layer' };
  return JSON.stringify([criterion, granularity, seed, scope === 'row']);
}

/** Why there is no handle, as the sentence that stands in its place. */
export function fixedText({ granularity, scope }: Rule, layers: readonly MeasuredLayer[]): string {
  if (isPattern(granularity)) {
    const { n, m } = granularity;
    return `${n}:${m} has no threshold to drag: of every ${m} neighbours along the inputs the ${n} highest stay, however large they are.${raggedText(m, layers)}`;
  }
  return scope === 'row'
    ? 'There is no one threshold to drag: each output loses the same number of its weights. Type a target sparsity instead.'
    : '';
}

/** Neighbours at the end of a row that make no whole strip stay, and that is said. */
function raggedText(m: number, layers: readonly MeasuredLayer[]): string {
  const ragged = layers.filter((layer) => layer.shape[inputAxisOf(layer) ?? 0]! % m !== 0);
  const [first] = ragged;
  if (!first) return '';
  if (ragged.length > 1)
    return ` In ${ragged.length} layers the inputs do not divide by ${m}: their last ones stay dense.`;
  const inputs = first.shape[inputAxisOf(first) ?? 0]!;
  if (inputs < m) return ` ${first.name} has fewer inputs than ${m}: all of it stays dense.`;
  const rest = inputs % m;
  const which = rest === 1 ? 'the last one stays' : `the last ${rest} stay`;
  return ` ${first.name} has ${inputs} inputs, which do not divide by ${m}: ${which} dense.`;
}

function rankingFor({ criterion, granularity }: Pick<Rule, 'criterion' | 'granularity'>): Ranking {
  const ofGroups: Pick<Score, 'groups'> = granularity === 'weight' ? {} : { groups: { kind: 'dim', axis: 0, norm: 1 } };
  return rankingOf({ criterion, ...ofGroups });
}

function sidesOf({ criterion, granularity }: Pick<Rule, 'criterion' | 'granularity'>): Sides {
  if (granularity !== 'weight' || criterion === 'random' || criterion === 'activation') return 'from zero';
  return criterion === 'magnitude' ? 'either' : 'signed';
}
