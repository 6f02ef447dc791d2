/** Samples parted in two: those that something is found with, and those that it is judged on. */
import { randomScore, streamOf } from '../../tensors/random';

/** Both ascending; together every sample once. */
export interface Split {
  readonly first: readonly number[];
  readonly second: readonly number[];
}

const stream = streamOf('split');
const remainders = streamOf('split: remainders');

/**
 * A seeded draw without replacement, stratified: each label gives its share of the first part, to less than a sample.
 * @param labels one per sample, or undefined: all samples are alike
 * @param wanted how many samples the first part has: their count (cut to what there are), or a share from 0 to 1
 * @param seed 0 to 2^32 - 1: one seed, one split, on every machine
 */
export function splitSamples(
  samples: number,
  labels: ArrayLike<number> | undefined,
  wanted: { readonly count: number } | { readonly share: number },
  seed: number,
): Split {
  const asked = 'count' in wanted ? wanted.count : Math.round(wanted.share * samples);
  const count = Math.min(samples, Math.max(0, Math.floor(asked)));
  const isFirst = new Uint8Array(samples);
  for (const { members, taken } of shares(groupsOf(samples, labels), count, samples, seed)) {
    const drawOf = (sample: number) => randomScore(seed, stream, sample);
    const drawn = [...members].sort((a, b) => drawOf(a) - drawOf(b) || a - b);
    for (const sample of drawn.slice(0, taken)) isFirst[sample] = 1;
  }
  const all = Array.from({ length: samples }, (_, sample) => sample);
  return {
    first: all.filter((sample) => isFirst[sample] === 1),
    second: all.filter((sample) => isFirst[sample] === 0),
  };
}

interface Group {
  readonly label: number;
  readonly members: readonly number[];
}

function groupsOf(samples: number, labels: ArrayLike<number> | undefined): Group[] {
  const groups = new Map<number, number[]>();
  for (let sample = 0; sample < samples; sample++) {
    const label = labels?.[sample] ?? 0;
    const members = groups.get(label);
    if (members) members.push(sample);
    else groups.set(label, [sample]);
  }
  return [...groups].map(([label, members]) => ({ label, members }));
}

/** Whole samples by the largest remainders; among equal ones lots are drawn. */
function shares(groups: readonly Group[], count: number, samples: number, seed: number) {
  const quotas = groups.map((group) => {
    const quota = (count * group.members.length) / Math.max(1, samples);
    return { ...group, taken: Math.floor(quota), left: quota % 1, lot: randomScore(seed, remainders, group.label) };
  });
  const missing = count - quotas.reduce((sum, { taken }) => sum + taken, 0);
  const inOrder = [...quotas].sort((a, b) => b.left - a.left || a.lot - b.lot);
  return inOrder.map((group, i) => ({ ...group, taken: group.taken + (i < missing ? 1 : 0) }));
}
