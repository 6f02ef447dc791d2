/** What is ranked, in words: beside a threshold, and above a histogram. */
import { formatInteger } from '../../../lib/numbers';
import { criterionOf } from '../../../pruning/criteria/criteria';
import { granularityOf } from '../../../pruning/granularities/granularities';
import { areGroups, isOwnScore, type NamedTensor, normText } from '../../../pruning/granularities/granularity';
import type { Rule } from '../../../pruning/recipe';

export interface ScoreWords {
  /** Before `≤ threshold`: `|w|`, `L2 norm`. */
  readonly symbol: string;
  /** What has one score each: `filters`. */
  readonly plural: string;
  /** Whether that is more than a single weight. */
  readonly isOfGroups: boolean;
  /** `filter` or `filters` */
  nounFor(count: number): string;
  /** Above a histogram that does not show the weights themselves: `L2 norms of 64 filters`. */
  titleFor(count: number): string;
}

type Ranked = Pick<Rule, 'criterion' | 'granularity'>;

export function scoreWords(ranked: Ranked, tensors: readonly NamedTensor[]): ScoreWords {
  const isOfGroups = areGroups(granularityOf(ranked.granularity));
  const singular = nounOf(ranked, tensors);
  const plural = `${singular}s`;
  const { symbol, title } = scoreText(ranked);
  return {
    symbol,
    plural,
    isOfGroups,
    nounFor: (count) => (count === 1 ? singular : plural),
    titleFor: (count) => `${title} of ${formatInteger(count)} ${count === 1 ? singular : plural}`,
  };
}

function scoreText({ criterion, granularity }: Ranked): { readonly symbol: string; readonly title: string } {
  const words = criterionOf(criterion);
  const record = granularityOf(granularity);
  if (record.takes === 'units') return isOwnScore(criterion) ? record.scored : words;
  if (record.takes !== 'groups' || 'because' in words.groups) return words;
  // Groups without a norm of their own choice are scored by their L1 norm.
  const norm = normText(record.norm?.(granularity).order ?? 1);
  return { symbol: words.groups.symbol(norm), title: words.groups.title(norm) };
}

function nounOf({ granularity }: Ranked, tensors: readonly NamedTensor[]): string {
  const record = granularityOf(granularity);
  if (record.takes !== 'groups') return record.noun;
  const nouns = new Set(tensors.map((tensor) => record.nounOf?.(granularity, tensor)));
  const [noun] = nouns;
  return nouns.size === 1 && noun !== undefined ? noun : record.noun;
}
