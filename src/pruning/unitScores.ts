/** Scores of channels that go together, as histograms and thresholds have them. */
import { at, known } from '../lib/known';
import { getOrInsert } from '../lib/maps';
import { binOf } from '../tensors/bins';
import { randomScore, streamOf } from '../tensors/random';
import type { RefinedBin, TensorStatistics } from '../tensors/statistics';
import type { TensorId } from '../tensors/tensor';
import type { ChannelGroup, Channels, ChannelUnit } from './channels';
import { factsOf } from './criteria/criteria';
import type { Rule } from './recipe';
import type { Candidate } from './resolution';

/** In this dtype scores are compared. */
export const unitDtype = 'F32';

/** Units of a group that could go, scored. */
export interface ScoredUnits {
  readonly group: ChannelGroup;
  /** By ascending score, then slot: those whose score is no number come last. */
  readonly units: readonly ChannelUnit[];
  /** In that order. */
  readonly scores: Float32Array;
  readonly statistics: TensorStatistics;
}

/** @param gone slots of units that went before */
export function scoredUnits(
  group: ChannelGroup,
  rule: Pick<Rule, 'criterion' | 'seed'>,
  gone: ReadonlySet<number>,
): ScoredUnits {
  const left = group.units.filter(({ slot }) => !gone.has(slot));
  const { criterion, seed = 0 } = rule;
  const key = `${criterion} ${seed}`;
  if (left.length < group.units.length) return scored(group, left, rule);
  const made = untouched.get(group) ?? new Map<string, ScoredUnits>();
  untouched.set(group, made);
  return getOrInsert(made, key, () => scored(group, left, rule));
}

/** A drag asks in every frame. */
const untouched = new WeakMap<ChannelGroup, Map<string, ScoredUnits>>();

function scored(
  group: ChannelGroup,
  left: readonly ChannelUnit[],
  { criterion, seed = 0 }: Pick<Rule, 'criterion' | 'seed'>,
): ScoredUnits {
  const stream = streamOf(group.name);
  const isDrawn = factsOf(criterion).need === 'seed';
  const scores = left.map(({ slot, score }) => Math.fround(isDrawn ? randomScore(seed, stream, slot) : score) + 0);
  const rankOf = (i: number) => (Number.isFinite(at(scores, i)) ? at(scores, i) : Number.POSITIVE_INFINITY);
  const order = left.map((_, i) => i);
  order.sort((a, b) => rankOf(a) - rankOf(b) || at(left, a).slot - at(left, b).slot);
  const sorted = Float32Array.from(order, (i) => at(scores, i));
  return { group, units: order.map((i) => at(left, i)), scores: sorted, statistics: statisticsOf(sorted) };
}

export function statisticsOf(scores: Float32Array): TensorStatistics {
  const finite = scores.filter(Number.isFinite);
  const count = finite.length;
  const mean = count === 0 ? Number.NaN : finite.reduce((sum, score) => sum + score, 0) / count;
  const squares = finite.reduce((sum, score) => sum + (score - mean) ** 2, 0);
  const bins = Array.from(finite, (score) => binOf(unitDtype, Math.abs(score)));
  const firstBin = count === 0 ? 0 : bins.reduce((least, bin) => Math.min(least, bin));
  const size = count === 0 ? 0 : bins.reduce((most, bin) => Math.max(most, bin)) - firstBin + 1;
  const [positive, negative] = [new Uint32Array(size), new Uint32Array(size)];
  finite.forEach((score, i) => {
    const counts = score < 0 ? negative : positive;
    const bin = at(bins, i) - firstBin;
    counts[bin] = (counts[bin] ?? 0) + 1;
  });
  const nan = scores.filter(Number.isNaN).length;
  return {
    count: scores.length,
    zeros: finite.filter((score) => score === 0).length,
    nan,
    inf: scores.length - count - nan,
    min: count === 0 ? Number.NaN : finite.reduce((least, score) => Math.min(least, score)),
    max: count === 0 ? Number.NaN : finite.reduce((most, score) => Math.max(most, score)),
    mean,
    std: count < 2 ? Number.NaN : Math.sqrt(squares / (count - 1)),
    histogram: { firstBin, positive, negative },
  };
}

/** One fine bin of scores, resolved to its values. */
export function refinedBinOf(scores: Float32Array, bin: number): RefinedBin {
  const counts = new Map<number, { positive: number; negative: number }>();
  for (const score of scores) {
    const magnitude = Math.abs(score);
    if (!Number.isFinite(score) || binOf(unitDtype, magnitude) !== bin) continue;
    const own = getOrInsert(counts, magnitude, () => ({ positive: 0, negative: 0 }));
    if (score < 0) own.negative++;
    else own.positive++;
  }
  const magnitudes = [...counts.keys()].sort((a, b) => a - b);
  return {
    bin,
    magnitudes: Float64Array.from(magnitudes),
    positive: Uint32Array.from(magnitudes, (magnitude) => known(counts, magnitude).positive),
    negative: Uint32Array.from(magnitudes, (magnitude) => known(counts, magnitude).negative),
  };
}

const givers = new WeakMap<Channels, ReadonlyMap<TensorId, readonly ChannelGroup[]>>();

/** By tensor: the groups whose channels it gives. */
export function groupsGiven(channels: Channels): ReadonlyMap<TensorId, readonly ChannelGroup[]> {
  const before = givers.get(channels);
  if (before) return before;
  const made = new Map<TensorId, ChannelGroup[]>();
  for (const group of channels.groups) {
    for (const tensor of producersOf(group)) getOrInsert(made, tensor, () => []).push(group);
  }
  givers.set(channels, made);
  return made;
}

/** The tensors that give a group's channels: those of one of its units, as all are indices of the same axes. */
export function producersOf({ units }: ChannelGroup): ReadonlySet<TensorId> {
  const takes = units[0]?.takes ?? [];
  return new Set(takes.filter(({ role }) => role === 'produces').map(({ tensor }) => tensor));
}

/** How many units a tensor gives the channels of. */
export function unitsGivenBy({ id, channels }: Candidate): number {
  const groups = channels ? (groupsGiven(channels).get(id) ?? []) : [];
  return groups.reduce((sum, { units }) => sum + units.length, 0);
}
