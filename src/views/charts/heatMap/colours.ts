/** The colours of the two maps, from the palette of the page. */
import { at } from '../../../lib/known';

/** 0 to 255 each. */
export type Rgb = readonly [red: number, green: number, blue: number];

export interface Palette {
  /** From magnitude 0 to the strongest. */
  readonly scale: readonly Rgb[];
  /** Of what is pruned: between its stripes, and on them. */
  readonly pruned: Rgb;
  readonly stripe: Rgb;
  /** Of what is not drawn. */
  readonly empty: Rgb;
}

const steps = 256;

/** Reads the variables that WeightMap.module.css and tokens.css define, all in hexadecimal. */
export function paletteOf(element: Element): Palette {
  const style = getComputedStyle(element);
  const colour = (name: string) => rgbOf(style.getPropertyValue(name));
  return {
    scale: scaleOf(['--heat-low', '--heat-middle', '--heat-high'].map(colour)),
    pruned: colour('--pruned-soft'),
    stripe: colour('--pruned'),
    empty: colour('--panel'),
  };
}

/** @param hex `#rrggbb`, or `#rgb` as a minifier writes it */
export function rgbOf(hex: string): Rgb {
  const digits = hex.trim().slice(1);
  const value = Number.parseInt(digits.length === 3 ? digits.replace(/./g, '$&$&') : digits, 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** Even steps from the first stop over the others to the last. */
export function scaleOf(stops: readonly Rgb[]): Rgb[] {
  return Array.from({ length: steps }, (_, step) => {
    const place = (step / (steps - 1)) * (stops.length - 1);
    const stop = Math.min(stops.length - 2, Math.floor(place));
    return mixed(at(stops, stop), at(stops, stop + 1), place - stop);
  });
}

/** @param share of the second, 0 to 1 */
function mixed(first: Rgb, second: Rgb, share: number): Rgb {
  const channel = (i: 0 | 1 | 2) => Math.round(first[i] + (second[i] - first[i]) * share);
  return [channel(0), channel(1), channel(2)];
}
