/** What a repair did, in words. */
import { formatPercent, formatQuantity } from '../../../lib/numbers';
import type { Repair, RepairedTensor } from '../../../state/repairState';

export const reasons: Readonly<Record<RepairedTensor['role'], string>> = {
  pruned: 'lost weights: those that stay were fitted',
  reader: 'reads what a pruned layer gives',
  bias: 'bias of a fitted layer',
};

/** `9 tensors changed: 4 that lost weights, 1 that reads what these give, 4 biases.` */
export function changedText({ tensors }: Repair): string {
  const count = (role: RepairedTensor['role']) => tensors.filter((tensor) => tensor.role === role).length;
  const [pruned, readers, biases] = [count('pruned'), count('reader'), count('bias')];
  const parts = [
    pruned > 0 && `${pruned} that lost weights`,
    readers > 0 && `${readers} that ${readers === 1 ? 'reads' : 'read'} what these give`,
    biases > 0 && (biases === 1 ? '1 bias' : `${biases} biases`),
  ].filter((part) => part !== false);
  return `${formatQuantity(tensors.length, 'tensor')} changed: ${parts.join(', ')}.`;
}

/** `Fitted to 256 samples from digits-calibration.npz, damping 0.01.` */
export function fittedText({ inputs, samples, damping, between }: Repair): string {
  const on = /^\d/.test(inputs) ? inputs : `${formatQuantity(samples, 'sample')} of ${inputs}`;
  return `Fitted to ${on}, damping ${damping}${between ? ', in rounds: pruned and repaired by turns' : ''}.`;
}

/** How far a layer's output was off: a share of its own size. Whole percents, finer below one. */
export function offText(relativeL2: number): string {
  if (!Number.isFinite(relativeL2)) return 'not a number';
  return formatPercent(relativeL2);
}

/** What of a layer's loss was won back, 0 to 1; undefined where nothing was lost. */
export function wonBack({ before, after }: RepairedTensor): number | undefined {
  if (before === undefined || after === undefined || !(before > 0)) return undefined;
  return Math.max(0, 1 - after / before);
}

/** `off by 62 %, now by 5.1 %: 92 % of the loss won back` */
export function lossText(tensor: RepairedTensor): string {
  const { before, after } = tensor;
  const share = wonBack(tensor);
  if (before === undefined || after === undefined || share === undefined) return '';
  return `off by ${offText(before)}, now by ${offText(after)}: ${formatPercent(share)} of the loss won back`;
}

/** `74 % of the loss won back` */
export function wonText(tensor: RepairedTensor): string {
  const share = wonBack(tensor);
  return share === undefined ? '' : `${formatPercent(share, 0)} won back`;
}
