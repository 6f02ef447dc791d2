/** What a person types into number fields, what is wrong with it, and how a value reads in the fields of the threshold. */
import { formatValue } from '../../../lib/numbers';
import type { Ranking } from '../../../pruning/ranking';

/** What is wrong with a text, as a sentence. */
export interface Wrong {
  readonly wrong: string;
}

export interface Bounds {
  readonly least: number;
  /** Absent: any number. */
  readonly most?: number;
  /** Whether it may be no whole number. */
  readonly isFraction?: boolean;
  readonly unit?: string;
}

const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** `1e-3`, `0,05`, `.5` and `−2`; what is no finite number is said to be none. */
function parseNumber(text: string): number | Wrong {
  const plain = text.trim().replace('−', '-').replace(',', '.');
  if (plain === '') return { wrong: 'Type a number.' };
  const value = number.test(plain) ? Number(plain) : Number.NaN;
  return Number.isFinite(value) ? value : { wrong: 'This is no number.' };
}

/** A number between bounds, both included; with or without the unit. */
export function parseBetween(text: string, { least, most, isFraction, unit }: Bounds): number | Wrong {
  const value = parseNumber(unit && text.trim().endsWith(unit) ? text.trim().slice(0, -unit.length) : text);
  if (typeof value === 'object') return value;
  if (!isFraction && !Number.isInteger(value)) return { wrong: 'It should be a whole number.' };
  const sign = unit ? ` ${unit}` : '';
  if (value >= least && value <= (most ?? value)) return value;
  return {
    wrong: `It should be ${most === undefined ? `${least}${sign} or more` : `from ${least} to ${most}${sign}`}.`,
  };
}

/** A magnitude is never negative. */
export function parseThreshold(text: string, ranking: Ranking): number | Wrong {
  const value = parseNumber(text);
  if (typeof value === 'number' && ranking === 'magnitude' && value < 0) {
    return { wrong: 'A magnitude is never below 0.' };
  }
  return value;
}

/** Percent, with or without the sign, as a fraction. */
export function parseSparsity(text: string): number | Wrong {
  const percent = parseBetween(text, { least: 0, most: 100, isFraction: true, unit: '%' });
  return typeof percent === 'number' ? percent / 100 : percent;
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
