/** The runtimes, in the order in which they are shown, and what the masks are worth to each. */
import { formatPercent } from '../../lib/numbers';
import { anyRuntime } from './anyRuntime';
import { coreMl } from './coreMl';
import { onnxRuntime, vLlm } from './denseOnly';
import { openVino } from './openVino';
import type { Command, PrunedFile, RuntimeRecord } from './runtime';
import { semiStructured } from './semiStructured';
import { tensorRt } from './tensorRt';
import type { Work } from './work';
import { xnnpack } from './xnnpack';

export const runtimes: readonly RuntimeRecord[] = [
  anyRuntime,
  tensorRt,
  semiStructured,
  xnnpack,
  coreMl,
  openVino,
  onnxRuntime,
  vLlm,
];

export interface Payoff {
  readonly runtime: RuntimeRecord;
  /** Of the weights that multiply, 0 to 1: those in layers that meet its rule. */
  readonly share: number;
  /** The same of one inference's multiplications, where they are known. */
  readonly macs?: number;
  /** Of the rest, in one sentence; absent where there is none. */
  readonly whyNot?: string;
  readonly command?: Command;
}

/** Reasons that are said; the others are counted together. */
const mostReasons = 3;

export function payoffs(works: readonly Work[], file: PrunedFile): Payoff[] {
  return runtimes.map((runtime) => {
    const command = runtime.command?.(file);
    return { runtime, ...judged(works, runtime), ...(command && { command }) };
  });
}

function judged(works: readonly Work[], { judge }: RuntimeRecord): Omit<Payoff, 'runtime' | 'command'> {
  let [all, taken, allMacs, takenMacs] = [0, 0, 0, 0];
  const left = new Map<string, number>();
  for (const work of works) {
    const verdict = judge(work);
    const share = typeof verdict === 'number' ? verdict : 0;
    const why = typeof verdict === 'number' ? 'is in parts of such layers that stay' : verdict;
    all += work.weights;
    taken += share * work.weights;
    allMacs += work.macs ?? 0;
    takenMacs += share * (work.macs ?? 0);
    if (share < 1) left.set(why, (left.get(why) ?? 0) + (1 - share) * work.weights);
  }
  const whyNot = all === 0 ? 'No weights that multiply are measured.' : sentenceOf(left, all);
  return {
    share: all === 0 ? 0 : taken / all,
    ...(allMacs > 0 && { macs: takenMacs / allMacs }),
    ...(whyNot !== undefined && { whyNot }),
  };
}

/** `82.0 % of the work is not 2:4 along its inputs, 18.0 % is in layers of fewer than 256 channels.` */
function sentenceOf(left: ReadonlyMap<string, number>, all: number): string | undefined {
  const reasons = [...left].sort(([, a], [, b]) => b - a);
  const parts = reasons.slice(0, mostReasons).map(([why, weights], i) => {
    if (weights === all && why.startsWith('is not ')) return `None of the work ${why.replace('is not ', 'is ')}`;
    const share = weights === all ? 'All' : formatPercent(weights / all);
    return `${share}${i === 0 ? ' of the work' : ''} ${why}`;
  });
  const more = reasons.slice(mostReasons).reduce((sum, [, weights]) => sum + weights, 0);
  if (more > 0) parts.push(`${formatPercent(more / all)} for other reasons`);
  return parts.length === 0 ? undefined : `${parts.join(', ')}.`;
}

/** What all of it comes to, in one sentence: honest where it is nothing. */
export function verdictOf(all: readonly Payoff[], works: readonly Work[]): string {
  if (!works.some(({ zeros }) => zeros > 0)) return 'Nothing is zero yet. This is what each runtime would need.';
  const [best] = all.toSorted((a, b) => b.share - a.share);
  if (!best || best.share === 0) {
    return 'As they are, these zeros make no runtime faster: all of them multiply by zero as by any other number.';
  }
  const paying = all
    .filter(({ share }) => share > 0)
    .map(({ runtime, share }) => `${runtime.name} (${formatPercent(share)})`);
  return `These masks can pay with ${paying.join(', ')} of the work.`;
}
