/** What the histogram of a scope shows: the scores that a threshold is compared with, where there is one. */
import { factsOf } from '../../../pruning/criteria/criteria';
import { granularityOf } from '../../../pruning/granularities/granularities';
import type { Ranking } from '../../../pruning/ranking';
import type { Rule } from '../../../pruning/recipe';
import { scopeOf } from '../../../pruning/scopes/scopes';
import { scoreDtypeOf } from '../../../pruning/score';
import type { MeasuredTensor } from '../../../pruning/scoreBins';
import { statisticsOf, unitDtype } from '../../../pruning/unitScores';
import type { MeasuredLayer } from '../../../state/reach';
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

const noScores: MeasuredTensor = { dtype: unitDtype, statistics: statisticsOf(new Float32Array()) };

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
  if (first && fixedText(first, layers) !== undefined) return { kind: 'fixed', rule: first };
  const { criterion, granularity } = first ?? usual;
  const words = scoreWords({ criterion, granularity }, layers);
  const isOfWeights = !words.isOfGroups && factsOf(criterion).isOfWeights;
  if (!isOfWeights && scores.some((each) => each === undefined)) return { kind: 'measuring', words };
  const isOfUnits = granularityOf(granularity).takes === 'units';
  const counted = new Set<TensorStatistics>();
  const tensors = layers.map((layer, i): MeasuredTensor => {
    const statistics = scores[i];
    if (!statistics) return layer;
    // Layers that give the same channels have their scores in common.
    if (isOfUnits && counted.has(statistics)) return noScores;
    counted.add(statistics);
    return { dtype: isOfUnits ? unitDtype : scoreDtypeOf({ criterion }, layer.dtype), statistics };
  });
  const count = tensors.reduce((sum, { statistics }) => sum + statistics.count, 0);
  if (first && isOfUnits && count === 0) return { kind: 'fixed', rule: first };
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
  return JSON.stringify([criterion, granularity, seed, scopeOf(scope).takes]);
}

/** Why there is no handle, as the sentence that stands in its place; undefined where there is one. */
export function fixedText({ granularity, scope }: Rule, layers: readonly MeasuredLayer[]): string | undefined {
  const record = granularityOf(granularity);
  if (record.takes === 'patterns') return record.fixedText(granularity, layers);
  if (record.takes === 'units') return undefined;
  const sharing = scopeOf(scope);
  return sharing.takes === 'rows' ? sharing.fixedText : undefined;
}

function rankingFor({ criterion, granularity }: Pick<Rule, 'criterion' | 'granularity'>): Ranking {
  return granularityOf(granularity).takes === 'weights' ? factsOf(criterion).ranking : 'signed';
}

function sidesOf({ criterion, granularity }: Pick<Rule, 'criterion' | 'granularity'>): Sides {
  const { isSigned, ranking } = factsOf(criterion);
  if (granularityOf(granularity).takes !== 'weights' || !isSigned) return 'from zero';
  return ranking === 'magnitude' ? 'either' : 'signed';
}
