/** What a person types into the threshold and sparsity fields, and how a value reads there. */
import { formatValue } from '../../../lib/numbers';
import type { Ranking } from '../../../pruning/ranking';

const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** `1e-3`, `0,05`, `.5` and `−2`; null when it is no finite number. */
export function parseNumber(text: string): number | null {
  const plain = text.trim().replace('−', '-').replace(',', '.');
  if (!number.test(plain)) return null;
  const value = Number(plain);
  return Number.isFinite(value) ? value : null;
}

/** A magnitude is never negative; null when the text cannot be a threshold. */
export function parseThreshold(text: string, ranking: Ranking): number | null {
  const value = parseNumber(text);
  if (value === null || (ranking === 'magnitude' && value < 0)) return null;
  return value;
}

/** Percent, with or without the sign, as a fraction; null outside of 0 to 100. */
export function parseSparsity(text: string): number | null {
  const value = parseNumber(text.trim().replace(/\s*%$/, ''));
  if (value === null || value < 0 || value > 100) return null;
  return value / 100;
}

/** One digit more than tables show: the field is where a threshold is read off to be used elsewhere. */
export function thresholdText(threshold: number): string {
  return formatValue(threshold, 4);
}

/** Percent without the sign, with as many digits as it takes not to read 0 or 100 when it is neither. */
export function sparsityText(sparsity: number): string {
  const percent = sparsity * 100;
  for (let digits = 1; digits < 10; digits++) {
    const text = percent.toFixed(digits);
    const reads = Number(text);
    if ((reads !== 0 || percent === 0) && (reads !== 100 || percent === 100)) return text;
  }
  return String(percent);
}
