/** What is ranked, in words: beside a threshold, and above a histogram. */
import { formatInteger } from '../../../lib/numbers';
import type { Criterion, Granularity, NormOrder, Rule } from '../../../pruning/recipe';
import type { Axes } from '../../../tensors/axes';
import type { LayerKind } from '../../../tensors/tensor';

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

/** What of a tensor its words depend on. */
export interface Named {
  readonly kind: LayerKind;
  readonly shape: readonly number[];
  readonly axes?: Axes;
}

export function scoreWords(
  { criterion, granularity }: Pick<Rule, 'criterion' | 'granularity'>,
  tensors: readonly Named[],
): ScoreWords {
  const isOfGroups = granularity !== 'weight' && !('n' in Object(granularity));
  const [singular, plural] = isOfGroups ? groupNoun(granularity, tensors) : ['weight', 'weights'];
  const { symbol, title } = isOfGroups ? groupScores(criterion, granularity) : weightScores[criterion];
  return {
    symbol,
    plural,
    isOfGroups,
    nounFor: (count) => (count === 1 ? singular : plural),
    titleFor: (count) => `${title} of ${formatInteger(count)} ${count === 1 ? singular : plural}`,
  };
}

/** `L2`, `L∞`, `L−∞` */
export function normText(norm: NormOrder): string {
  return `L${norm === 'inf' ? '∞' : norm === '-inf' ? '−∞' : norm}`;
}

interface ScoreText {
  readonly symbol: string;
  readonly title: string;
}

const weightScores: Readonly<Record<Criterion, ScoreText>> = {
  magnitude: { symbol: '|w|', title: 'Magnitudes' },
  signed: { symbol: 'w', title: 'Values' },
  random: { symbol: 'draw', title: 'Random draws' },
  magnitude_increase: { symbol: 'increase of |w|', title: 'Increases of |w|' },
  activation: { symbol: '|w| · ‖x‖', title: '|w| · ‖x‖' },
};

function groupScores(criterion: Criterion, granularity: Granularity): ScoreText {
  if (criterion === 'random') return weightScores.random;
  // Kernels and blocks are scored by their L1 norm.
  const norm = typeof granularity === 'object' && 'dim' in granularity ? normText(granularity.norm) : 'L1';
  if (criterion === 'activation')
    return { symbol: `${norm} of |w| · ‖x‖`, title: `${norm} norms of |w| times input norms` };
  return { symbol: `${norm} norm`, title: `${norm} norms` };
}

function groupNoun(granularity: Granularity, tensors: readonly Named[]): readonly [string, string] {
  if (granularity === 'kernel') return ['kernel', 'kernels'];
  if (typeof granularity !== 'object' || 'n' in granularity) return ['weight', 'weights'];
  if ('block' in granularity) return ['block', 'blocks'];
  const nouns = new Set(tensors.map((tensor) => dimNoun(granularity.dim, tensor)));
  const [noun] = nouns;
  return nouns.size === 1 && noun !== undefined ? [noun, `${noun}s`] : ['channel', 'channels'];
}

function dimNoun(dim: number, tensor: Named): string {
  const { kind, shape, axes } = tensor;
  const axis = dim < 0 ? dim + shape.length : dim;
  if (axes?.outputs.includes(axis)) return kind === 'conv' ? 'filter' : 'output';
  if (axes?.inputs.includes(axis)) return kind === 'conv' ? 'input channel' : 'input';
  return 'slice';
}
