/** Figures of a layer that the filter compares: `sparsity>90`, `params>=1.5M`. */
import type { Outcome } from '../pruning/resolution';
import type { Layer } from './checkpointSlice';

export interface Figures {
  readonly layer: Layer;
  readonly outcome?: Outcome | undefined;
  /** Multiplications for one sample, where the graph is open. */
  readonly macs?: number | undefined;
}

type Figure = (of: Figures) => number | undefined;

/** In percent, after pruning: what no rule decides for stays as the file has it. */
function sparsityOf({ layer, outcome }: Figures): number | undefined {
  const zeros = outcome?.zeros ?? layer.statistics?.zeros;
  return zeros === undefined || layer.numel === 0 ? undefined : (100 * zeros) / layer.numel;
}

const figures = new Map<string, Figure>([
  ['sparsity', sparsityOf],
  ['density', (of) => (sparsityOf(of) === undefined ? undefined : 100 - (sparsityOf(of) ?? 0))],
  ['zeros', ({ layer, outcome }) => outcome?.zeros ?? layer.statistics?.zeros],
  ['params', ({ layer }) => layer.numel],
  ['parameters', ({ layer }) => layer.numel],
  ['macs', ({ macs }) => macs],
  ['mean', ({ layer }) => layer.statistics?.mean],
  ['std', ({ layer }) => layer.statistics?.std],
  ['min', ({ layer }) => layer.statistics?.min],
  ['max', ({ layer: { statistics } }) => statistics && Math.max(Math.abs(statistics.min), Math.abs(statistics.max))],
  ['threshold', ({ outcome }) => outcome?.placement?.threshold],
  ['nan', ({ layer }) => layer.statistics?.nan],
  ['inf', ({ layer }) => layer.statistics?.inf],
  ['dims', ({ layer }) => layer.shape.length],
]);

const powers: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, g: 1e9, b: 1e9 };

/** As close as figures on the screen are to what they stand for. */
const near = 5e-4;
const isNear = (a: number, b: number) => a === b || Math.abs(a - b) <= near * Math.max(Math.abs(a), Math.abs(b));

type Compare = (a: number, b: number) => boolean;
const compares = new Map<string, Compare>([
  ['>', (a, b) => a > b],
  ['<', (a, b) => a < b],
  ['>=', (a, b) => a >= b],
  ['≥', (a, b) => a >= b],
  ['<=', (a, b) => a <= b],
  ['≤', (a, b) => a <= b],
  ['=', isNear],
  ['!=', (a, b) => !isNear(a, b)],
  ['≠', (a, b) => !isNear(a, b)],
]);

interface Comparison {
  matches(of: Figures): boolean;
  readonly problem?: string;
}

const shape = /^([^<>=!≥≤≠]+)(>=|<=|!=|[<>=≥≤≠])(.*)$/;

/** @returns undefined where the word compares nothing; everything matches while its number is still to come */
export function comparisonOf(word: string): Comparison | undefined {
  const [, name = '', sign = '', wanted = ''] = shape.exec(word) ?? [];
  const compare = compares.get(sign);
  if (!compare) return undefined;
  const figure = figures.get(name.toLowerCase());
  if (!figure) {
    return { matches: () => false, problem: `No figure is called ${name}: ${[...figures.keys()].join(', ')} are.` };
  }
  if (wanted === '' || wanted === '-' || wanted === '.') return { matches: () => true };
  const [, digits = '', unit = ''] = /^(-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d*)?)([kmgb%]?)$/i.exec(wanted) ?? [];
  const value = Number.parseFloat(digits) * (powers[unit.toLowerCase()] ?? 1);
  if (Number.isNaN(value)) return { matches: () => false, problem: `${wanted} is no number.` };
  return {
    matches: (of) => {
      const found = figure(of);
      return found !== undefined && compare(found, value);
    },
  };
}
