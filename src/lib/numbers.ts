/** Numbers as a person reads them: one place, so that every pane says the same figure the same way. */
import { at } from './known';

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** Divides by 1000 until the figure, as it will be shown, is below 1000. */
function scaled(value: number, units: readonly string[], shown: (scaledValue: number) => number) {
  let rest = value;
  let unit = 0;
  while (shown(rest) >= 1000 && unit < units.length - 1) {
    rest /= 1000;
    unit++;
  }
  return { rest: shown(rest), unit: at(units, unit) };
}

const toTenth = (value: number) => Math.round(value * 10) / 10;

/** `102.5 MB`: decimal units, as operating systems and model hubs show them. */
export function formatBytes(bytes: number): string {
  const { rest, unit } = scaled(bytes, ['B', 'kB', 'MB', 'GB', 'TB'], toTenth);
  return `${unit === 'B' ? grouped.format(rest) : rest.toFixed(1)} ${unit}`;
}

/** `25.6 M`, `590 k`, `64`: for where space is short. Billions are `B`, as in "a 7B model". */
export function formatCount(count: number): string {
  const { rest, unit } = scaled(count, ['', 'k', 'M', 'B', 'T'], (value) =>
    value < 100 ? toTenth(value) : Math.round(value),
  );
  return unit === '' ? String(rest) : `${rest} ${unit}`;
}

/** `12,751,456` */
export function formatInteger(value: number): string {
  return grouped.format(value);
}

/**
 * `50.0 %` of a fraction. Only all is `100.0 %` and only none is `0.0 %`: a share that merely rounds to them
 * reads `>99.9 %` and `<0.1 %`, because a layer with one weight left is not an empty one.
 */
export function formatPercent(fraction: number, digits = 1): string {
  const smallest = 10 ** -digits;
  const percent = fraction * 100;
  const text = percent.toFixed(digits);
  if (fraction > 0 && Number(text) === 0) return `<${smallest.toFixed(digits)} %`;
  if (fraction < 1 && Number(text) === 100) return `>${(100 - smallest).toFixed(digits)} %`;
  return `${text} %`;
}

/** `64 × 3 × 7 × 7`; a tensor without dimensions is a `scalar`. */
export function formatShape(shape: readonly (number | string)[]): string {
  return shape.length === 0 ? 'scalar' : shape.join(' × ');
}

/** A weight, a threshold or a moment: `0.0142`, `1.23e-5`, `0`. It can be typed back into a field. */
export function formatValue(value: number, significant = 3): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '-∞';
  if (value === 0) return '0';
  const exponential = value.toExponential(significant - 1);
  // The exponent after rounding: 0.00099999 reads 0.001, not 1e-3.
  const exponent = Number(exponential.slice(exponential.indexOf('e') + 1));
  if (exponent < -3 || exponent > 5) return exponential.replace('e+', 'e');
  return value.toFixed(Math.max(0, significant - 1 - exponent));
}

/** `1 tensor`, `161 tensors` */
export function formatQuantity(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatInteger(count)} ${count === 1 ? noun : plural}`;
}
