/** What a comparison comes to: whether the one is the other pruned, and whether anything else changed. */
import type { ComparedState, ComparedTensor, Comparison } from './comparison';

/** Tensors, and weights in them. */
export interface Counted {
  readonly tensors: number;
  readonly weights: number;
}

export interface Verdict {
  readonly counts: Readonly<Record<ComparedState, number>>;
  /** Of all that was compared. */
  readonly compared: Counted;
  /** Weights that became zero, and weights that were zero. */
  readonly pruned: Counted;
  readonly regrown: Counted;
  /** Weights with another value that is neither, and does not come of a narrower dtype. Tensors whose numbers are not read count, too. */
  readonly otherwise: Counted;
  /** Of another dtype, with values that are only rounded to it. */
  readonly rounded: Counted;
  readonly renamed: number;
  readonly turned: number;
  /** Whether every tensor of each has its partner, and all were compared. */
  readonly isComplete: boolean;
}

export function verdictOn({ tensors }: Comparison): Verdict {
  const counts: Record<ComparedState, number> = {
    equal: 0,
    changed: 0,
    'only before': 0,
    'only after': 0,
    'other shape': 0,
    'not compared': 0,
  };
  for (const { state } of tensors) counts[state]++;
  const all = tensors.filter(({ state }) => state === 'equal' || state === 'changed');
  const counted = (count: (tensor: ComparedTensor) => number, among = all): Counted => {
    const found = among.map(count);
    return { tensors: found.filter((each) => each > 0).length, weights: found.reduce((sum, each) => sum + each, 0) };
  };
  const unread = all.filter(({ state, difference }) => state === 'changed' && !difference).length;
  const otherwise = counted(changedOtherwise);
  return {
    counts,
    compared: { tensors: all.length, weights: counted(({ difference }) => difference?.weights ?? 0).weights },
    pruned: counted(({ difference }) => difference?.becameZero ?? 0),
    regrown: counted(({ difference }) => difference?.wereZero ?? 0),
    otherwise: { ...otherwise, tensors: otherwise.tensors + unread },
    rounded: counted(({ difference }) => difference?.rounded ?? 0),
    renamed: all.filter(({ otherName }) => otherName !== undefined).length,
    turned: all.filter(({ turned }) => turned !== undefined).length,
    isComplete: all.length === tensors.length,
  };
}

/** Weights whose change is neither a zero that came or went, nor rounding. */
export function changedOtherwise({ difference }: ComparedTensor): number {
  if (!difference) return 0;
  const { changed, becameZero, wereZero, rounded = 0 } = difference;
  return changed - becameZero - wereZero - rounded;
}

/** The first is the second's original (`pruned`), the other way round (`original`), or neither. */
export function pruningOf({ pruned, regrown, otherwise }: Verdict): 'pruned' | 'original' | undefined {
  if (otherwise.tensors > 0 || pruned.weights > 0 === regrown.weights > 0) return undefined;
  return pruned.weights > 0 ? 'pruned' : 'original';
}
