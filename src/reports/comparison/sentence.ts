/** What a comparison comes to, in sentences: what was pruned, and that nothing else changed. */
import { listed } from '../../lib/listed';
import { formatInteger, formatPercent, formatQuantity } from '../../lib/numbers';
import type { Comparison } from '../../tensors/comparison/comparison';
import { type Counted, pruningOf, type Verdict, verdictOn } from '../../tensors/comparison/verdict';

export interface Sentences {
  /** `b.pth is a.pth pruned, and nothing else: …` */
  readonly claim: string;
  /** What else there is to know, a sentence each. */
  readonly more: readonly string[];
  /** Whether it proves what a person wants to be sure of: equal, or pruned and nothing else. */
  readonly isProof: boolean;
}

export function sentencesOn(comparison: Comparison, verdict: Verdict = verdictOn(comparison)): Sentences {
  const { before, after } = comparison;
  const { counts, compared, pruned, regrown, otherwise, rounded, isComplete } = verdict;
  const more = [...roundingText(verdict), ...namesText(verdict), ...missingText(comparison, verdict)];
  if (compared.tensors === 0) {
    return { claim: `${after} and ${before} have no tensor in common.`, more, isProof: false };
  }
  if (counts.changed === 0) {
    const all = isComplete
      ? `all ${formatQuantity(compared.tensors, 'tensor')} are`
      : `${inCommon(compared)} equal, value for value`;
    const claim = isComplete
      ? `${after} is equal to ${before}: ${all} the same, value for value.`
      : `What ${after} and ${before} have in common is equal: ${all}.`;
    return { claim, more, isProof: isComplete };
  }
  const way = pruningOf(verdict);
  if (way) {
    const [original, file, gone] = way === 'pruned' ? [before, after, pruned] : [after, before, regrown];
    const rest = compared.tensors - gone.tensors;
    const nothing = isComplete ? ', and nothing else changed' : '; the tensors that both have are otherwise the same';
    const equal =
      rest === 0
        ? ''
        : ` The other ${rest === 1 ? 'tensor is' : `${formatInteger(rest)} tensors are`} equal${rounded.weights > 0 ? ' but for rounding' : ', value for value'}.`;
    return {
      claim: `${file} is ${original} pruned: ${weightsIn(gone)} became zero${rounded.weights > 0 ? '' : nothing}.${equal}`,
      more,
      isProof: isComplete,
    };
  }
  if (otherwise.tensors === 0 && pruned.weights + regrown.weights === 0) {
    return {
      claim: `${after} is ${before} in another dtype: no value differs by more than rounding.`,
      more,
      isProof: isComplete,
    };
  }
  const parts = [
    pruned.weights > 0 && `${weightsIn(pruned)} became zero`,
    regrown.weights > 0 && `${weightsIn(regrown)} were zero and are not any more`,
    otherwise.tensors > 0 &&
      `${otherwise.weights > 0 ? weightsIn(otherwise) : formatQuantity(otherwise.tensors, 'tensor')} ${otherwise.weights === 1 || (otherwise.weights === 0 && otherwise.tensors === 1) ? 'has' : 'have'} another value`,
  ].filter((part) => part !== false);
  const share =
    compared.weights === 0
      ? ''
      : ` (${formatPercent((pruned.weights + regrown.weights + otherwise.weights) / compared.weights)} of all)`;
  const alone = pruned.weights > 0 && otherwise.tensors > 0 ? ' That is more than pruning.' : '';
  return { claim: `${after} differs from ${before}: ${listed(parts)}${share}.${alone}`, more, isProof: false };
}

function weightsIn({ weights, tensors }: Counted): string {
  return `${formatQuantity(weights, 'weight')} in ${formatQuantity(tensors, 'tensor')}`;
}

function inCommon({ tensors }: Counted): string {
  return tensors === 1 ? '1 tensor is' : `${formatInteger(tensors)} tensors are`;
}

function roundingText({ rounded }: Verdict): string[] {
  return rounded.weights === 0 ? [] : [`${weightsIn(rounded)} differ by no more than rounding to the narrower dtype.`];
}

function namesText({ renamed, turned }: Verdict): string[] {
  const had = [
    renamed > 0 && `${formatQuantity(renamed, 'tensor')} ${renamed === 1 ? 'has' : 'have'} another name`,
    turned > 0 &&
      `${formatQuantity(turned, 'tensor')} ${turned === 1 ? 'is' : 'are'} stored with dimensions in another order`,
  ].filter((part) => part !== false);
  return had.length === 0 ? [] : [`Matched all the same: ${had.join('; ')}.`];
}

function missingText({ before, after }: Comparison, { counts }: Verdict): string[] {
  const said = (count: number, text: string) => (count === 0 ? [] : [`${formatQuantity(count, 'tensor')} ${text}.`]);
  return [
    ...said(counts['only before'], `only in ${before}`),
    ...said(counts['only after'], `only in ${after}`),
    ...said(counts['other shape'], 'of another shape'),
    ...said(counts['not compared'], 'not compared: each row says why'),
  ];
}
