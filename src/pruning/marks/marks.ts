/** What stands out in a checkpoint's weights, each in a sentence with what one may do about it. Pure: facts in, words out. */
import { formatInteger, formatPercent, formatQuantity, formatValue } from '../../lib/numbers';
import type { RowFindings } from '../../tensors/findings';
import type { TensorStatistics } from '../../tensors/statistics';
import type { LayerKind, TensorId } from '../../tensors/tensor';

/** A layer as marks see it: one for each tensor that owns its weights. */
export interface MarkedLayer {
  readonly id: TensorId;
  readonly name: string;
  readonly kind: LayerKind;
  readonly shape: readonly number[];
  readonly statistics?: TensorStatistics;
  readonly locked?: true;
}

export type MarkCode =
  | 'not-finite'
  | 'super-weight'
  | 'outlier'
  | 'dead-rows'
  | 'emptied-rows'
  | 'twin-rows'
  | 'constant'
  | 'one-class';

export interface Mark {
  readonly tensor: TensorId;
  readonly name: string;
  /** A sentence that follows the name. */
  readonly text: string;
}

/** Marks of one kind. */
export interface MarkGroup {
  readonly code: MarkCode;
  readonly severity: 'danger' | 'warning' | 'info';
  readonly title: string;
  /** What it means, and what one may do, in sentences. */
  readonly says: string;
  readonly marks: readonly Mark[];
}

/**
 * A weight this many standard deviations from the mean is no part of its layer's distribution: of a billion normal ones the greatest
 * is at six.
 */
export const outlierDeviations = 20;
/** In fewer weights a deviation says little. */
const leastForOutliers = 1024;

/**
 * The layers that lead out of a transformer's MLP, where Yu et al. (arXiv:2411.07191) found all super weights, by the names that models
 * give them.
 */
const downProjection =
  /(^|\.)(down_proj|dense_4h_to_h|mlp\.c_proj|(mlp|ffn|feed_forward|feedforward)\.(w2|wo|fc2|fc_out|output|down|lin2)|ffn_down|fc2|output\.dense)(\.|$)/i;

const severities = { 'not-finite': 'danger', 'super-weight': 'warning', outlier: 'warning' } as const;

const words: Readonly<Record<MarkCode, { readonly title: string; readonly says: string }>> = {
  'not-finite': {
    title: 'NaN and infinities',
    says: 'Whatever passes through them becomes NaN. They are never pruned by magnitude and cannot be rounded to int8; the file that they came from is broken, or training was. Take an earlier checkpoint, or prune whole channels that hold them.',
  },
  'super-weight': {
    title: 'Candidates for a super weight',
    says: 'One scalar far out in the layer that leads out of an MLP: the loss of such a one alone has ruined language models (Yu et al. 2024). Pruning by magnitude keeps it, pruning rows, blocks or channels may not, and int8 with one scale for the whole tensor gives it nearly all the room. Lock the layer, or look at it in the heat map.',
  },
  outlier: {
    title: 'Huge outliers',
    says: 'One weight far outside of all others. Magnitude keeps it, but thresholds that are measured by the deviation, and int8 with one scale for the whole tensor, go by it. Lock the layer where it matters; prefer int8 by channel.',
  },
  'dead-rows': {
    title: 'Dead filters and rows',
    says: 'They are zero throughout and give nothing but a bias, if any. Zeros in them cost nothing more to prune; Slim takes them out of the model for real, without a change of what it computes.',
  },
  'emptied-rows': {
    title: 'Filters and rows that the recipe empties',
    says: 'The recipe as it is now leaves nothing of them. Slim takes them out, which makes the model smaller and faster; a lower sparsity of these layers keeps them.',
  },
  'twin-rows': {
    title: 'Duplicate filters and rows',
    says: 'They hold the same values as an earlier one and give the same. One of each would do, if the layers that read them added up what they multiply the copies with; pruning them alone loses that.',
  },
  constant: {
    title: 'Constant tensors',
    says: 'All their weights are one number: they were never trained, were reset, or are a fixed part of the model. Pruning them whole or not at all is the choice; locking keeps them as they are.',
  },
  'one-class': {
    title: 'Layers that one class needs',
    says: 'Pruned alone, they cost one class nearly everything and the others hardly anything: accuracy over all classes hides it. Prune them less than their neighbours, or lock them, where that class matters.',
  },
};

const order: readonly MarkCode[] = [
  'not-finite',
  'super-weight',
  'outlier',
  'one-class',
  'dead-rows',
  'emptied-rows',
  'twin-rows',
  'constant',
];

/** What is known beside statistics. */
export interface MarkFacts {
  /** Of the file; absent: not looked yet. */
  readonly rows?: ReadonlyMap<TensorId, RowFindings> | null;
  /** Of what the recipe leaves. */
  readonly left?: ReadonlyMap<TensorId, RowFindings> | null;
  /** Found elsewhere: by class. */
  readonly others?: readonly (Mark & { readonly code: MarkCode })[];
}

/** @returns the groups that have marks, the gravest first */
export function marksOf(layers: readonly MarkedLayer[], facts: MarkFacts): MarkGroup[] {
  const found = layers.flatMap((layer) =>
    marksOfLayer(layer, facts.rows?.get(layer.id), facts.left?.get(layer.id)).map(({ code, text }) => ({
      code,
      tensor: layer.id,
      name: layer.name,
      text,
    })),
  );
  const all = [...found, ...(facts.others ?? [])];
  return order.flatMap((code): MarkGroup[] => {
    const marks = all.filter((mark) => mark.code === code);
    const severity = code in severities ? severities[code as keyof typeof severities] : 'info';
    return marks.length === 0 ? [] : [{ code, severity, ...words[code], marks }];
  });
}

interface Found {
  readonly code: MarkCode;
  readonly text: string;
}

function marksOfLayer(
  layer: MarkedLayer,
  rows: RowFindings | undefined,
  left: RowFindings | undefined,
): readonly Found[] {
  const { statistics } = layer;
  if (!statistics) return [];
  const { count, nan, inf, min, max } = statistics;
  if (nan + inf > 0) {
    const what = [nan > 0 && `${formatInteger(nan)} NaN`, inf > 0 && `${formatInteger(inf)} infinite`];
    const share = formatPercent((nan + inf) / count);
    return [
      {
        code: 'not-finite',
        text: `holds ${what.filter(Boolean).join(' and ')} of ${formatInteger(count)} weights (${share}).`,
      },
    ];
  }
  if (count > 1 && min === max) {
    const never = layer.kind === 'norm' || layer.kind === 'bias' || layer.kind === 'buffer';
    const since = never ? ': what such a tensor starts with, or one that does nothing' : '';
    const isStart = never && (min === 0 || min === 1);
    return [
      {
        code: 'constant',
        text: `is ${formatValue(min)} in all its ${formatInteger(count)} places${isStart ? since : ''}.`,
      },
    ];
  }
  const found: Found[] = [];
  const outlier = outlierOf(layer, statistics, rows);
  if (outlier) found.push(outlier);
  if (!rows || rows.rows < 2) return found;
  const noun = rowNoun(layer.kind);
  if (rows.dead.length > 0) {
    const text = `has ${formatInteger(rows.dead.length)} of ${formatQuantity(rows.rows, noun)} that ${rows.dead.length === 1 ? 'is' : 'are'} zero: ${placesText(rows.dead)}.`;
    found.push({ code: 'dead-rows', text });
  }
  const emptied = left ? without(left.dead, rows.dead) : [];
  if (emptied.length > 0) {
    const text = `loses ${formatInteger(emptied.length)} of ${formatQuantity(rows.rows, noun)} whole: ${placesText(emptied)}.`;
    found.push({ code: 'emptied-rows', text });
  }
  if (rows.twins.length > 0) {
    const pairs = rows.twins.length / 2;
    const examples = Array.from(
      { length: Math.min(pairs, 3) },
      (_, i) => `${rows.twins[2 * i]} is ${rows.twins[2 * i + 1]}`,
    );
    const more = pairs > 3 ? ', …' : '';
    const text = `has ${formatInteger(pairs)} of ${formatQuantity(rows.rows, noun)} that ${pairs === 1 ? 'is' : 'are'} the same as an earlier one: ${examples.join(', ')}${more}.`;
    found.push({ code: 'twin-rows', text });
  }
  return found;
}

function outlierOf(
  { name, kind, shape }: MarkedLayer,
  { count, mean, std, min, max }: TensorStatistics,
  rows: RowFindings | undefined,
): Found | undefined {
  if (shape.length < 2 || count < leastForOutliers || !(std > 0)) return undefined;
  const value = rows?.largest?.value ?? (max > -min ? max : min);
  const deviations = Math.abs(value - mean) / std;
  if (deviations < outlierDeviations) return undefined;
  const place = rows?.largest ? ` at [${rows.largest.index.join(', ')}]` : '';
  const isSuper = kind === 'linear' && downProjection.test(name);
  return {
    code: isSuper ? 'super-weight' : 'outlier',
    text: `has ${formatValue(value)}${place}, ${formatInteger(Math.round(deviations))} standard deviations from its mean.`,
  };
}

function rowNoun(kind: LayerKind): string {
  return kind === 'conv' ? 'filter' : 'row';
}

const placesShown = 6;

/** `0, 3, 7 and 12 more`; runs are written as such: `4–9`. */
export function placesText(places: ArrayLike<number>): string {
  const runs: string[] = [];
  let shown = 0;
  for (let i = 0; i < places.length && runs.length < placesShown; ) {
    let end = i;
    while (end + 1 < places.length && places[end + 1] === (places[end] ?? 0) + 1) end++;
    runs.push(end > i ? `${places[i]}–${places[end]}` : `${places[i]}`);
    shown += end - i + 1;
    i = end + 1;
  }
  const more = places.length - shown;
  return more > 0 ? `${runs.join(', ')} and ${formatInteger(more)} more` : runs.join(', ');
}

function without(places: Uint32Array, others: Uint32Array): number[] {
  const known = new Set(others);
  return [...places].filter((place) => !known.has(place));
}
