/**
 * What the filter of the layers understands. `conv` finds names that contain it, `q_proj*weight` names with a part that
 * matches the glob, in any case; `kind:norm,bias` layers of either kind, `model:ema`, `dtype:f16`; `sparsity>90`,
 * `params>=1M` layers by value; `has nan`, `in`, `out`, `locked` by state. `a|b` is either, `!a` all but those; words
 * apart have all to match. Words of state that are wanted in names are globs: `*out*`.
 */

import { compileGlob } from '../pruning/glob';
import { isDecided, type Outcome } from '../pruning/resolution';
import { ownerOf } from '../tensors/owners';
import type { TensorId } from '../tensors/tensor';
import type { Layer } from './checkpointSlice';
import { comparisonOf, type Figures } from './layerFigures';
import type { Multiplications } from './slimCosts';

/** A layer and what is known of it; what is not known matches nothing. */
export interface Filterable extends Figures {
  /** Whether some rule decides for it. Absent: not known yet. */
  readonly isIn?: boolean;
  readonly isLocked?: boolean;
}

export interface LayerFilter {
  matches(subject: Filterable): boolean;
  /** One sentence, where a part of it means nothing. */
  readonly problem?: string;
}

type Matches = LayerFilter['matches'];

const everything: LayerFilter = { matches: () => true };

/** @param text as it is being typed: ends that mean nothing yet leave everything */
export function parseFilter(text: string): LayerFilter {
  // A comparison is one word, however it is spaced.
  const joined = text.replace(/\s*(>=|<=|!=|[<>=≥≤≠])\s*/g, '$1').replace(/\b(has)\s+(?=\w)/gi, '$1:');
  const sides = joined.split(/\s\|(?=\s|$)/).map((side) => side.split(/\s+/).filter(Boolean).map(wordOf));
  const meant = sides.filter((words) => words.length > 0);
  if (meant.length === 0) return everything;
  const problem = meant.flat().find((word) => word.problem !== undefined)?.problem;
  const matches: Matches = (subject) => meant.some((words) => words.every((word) => word.matches(subject)));
  return problem === undefined ? { matches } : { matches, problem };
}

/** What is between two spaces: alternatives, each perhaps turned round. */
function wordOf(word: string): LayerFilter {
  const all = word.split('|').filter(Boolean).map(termOf);
  if (all.length === 0) return everything;
  const problem = all.find((term) => term.problem !== undefined)?.problem;
  const matches: Matches = (subject) => all.some((term) => term.matches(subject));
  return problem === undefined ? { matches } : { matches, problem };
}

function termOf(term: string): LayerFilter {
  if (term === '!') return everything;
  if (!term.startsWith('!')) return comparisonOf(term) ?? { matches: plain(term) };
  const { matches, ...rest } = termOf(term.slice(1));
  return { matches: (subject) => !matches(subject), ...rest };
}

const states = new Map<string, Matches>([
  ['in', ({ isIn }) => isIn === true],
  ['out', ({ isIn }) => isIn === false],
  ['locked', ({ isLocked }) => isLocked === true],
]);

const things = new Map<string, (layer: Layer) => boolean>([
  ['nan', ({ statistics }) => (statistics?.nan ?? 0) > 0],
  ['inf', ({ statistics }) => (statistics?.inf ?? 0) > 0],
  ['zeros', ({ statistics }) => (statistics?.zeros ?? 0) > 0],
]);

const labels: readonly (readonly [RegExp, (value: string) => Matches])[] = [
  [/^kind:(.*)$/i, (value) => startsWithOne(value, ({ kind }) => kind)],
  [/^dtype:(.*)$/i, (value) => startsWithOne(value, ({ dtype }) => dtype)],
  [
    /^model:(.*)$/i,
    (value) =>
      ({ layer }) =>
        modelTermOf(layer.model ?? '') === `model:${value}`,
  ],
  [
    /^has:(.*)$/i,
    (value) => {
      const meant = [...things].filter(([name]) => name.startsWith(value.toLowerCase())).map(([, has]) => has);
      return ({ layer }) => meant.some((has) => has(layer));
    },
  ],
];

/** Beginnings match: the rest of a word may be still to come. */
function startsWithOne(value: string, of: (layer: Layer) => string): Matches {
  const starts = value.toLowerCase().split(',').filter(Boolean);
  return ({ layer }) => starts.some((start) => of(layer).toLowerCase().startsWith(start));
}

function plain(term: string): Matches {
  for (const [pattern, matcher] of labels) {
    const value = pattern.exec(term)?.[1];
    if (value !== undefined) return value === '' ? everything.matches : matcher(value);
  }
  const part = term.toLowerCase();
  const state = states.get(part);
  if (state) return state;
  if (/[*?[]/.test(part)) {
    const glob = compileGlob(`*${part}*`);
    return ({ layer }) => glob.matches(layer.name.toLowerCase());
  }
  return ({ layer }) => layer.name.toLowerCase().includes(part);
}

/** What finds the layers of a model; the outermost dict has no name of its own. */
export function modelTermOf(model: string): string {
  return `model:${model === '' ? '.' : model.replace(/\s/g, '?')}`;
}

interface Known {
  /** Of the checkpoint: an id is an index. */
  readonly layers: readonly Layer[];
  readonly outcomes: ReadonlyMap<TensorId, Outcome>;
  readonly locks: ReadonlySet<TensorId>;
  readonly macs?: ReadonlyMap<TensorId, Multiplications> | undefined;
}

/** The layers that a filter leaves. What is tied has the figures of the weights that it is. */
export function layersMatching({ matches }: LayerFilter, known: Known): ReadonlySet<TensorId> {
  const { layers, outcomes, locks, macs } = known;
  const shown = layers.filter((layer) => {
    const owner = ownerOf(layer, layers);
    const outcome = owner.numel === layer.numel ? outcomes.get(owner.id) : undefined;
    const isIn = isDecided(outcomes, owner.id);
    return matches({ layer, outcome, macs: macs?.get(layer.id)?.macs, isIn, isLocked: locks.has(owner.id) });
  });
  return new Set(shown.map(({ id }) => id));
}

/** Filters that are asked for often, with what they show. */
export const usualFilters: readonly { readonly text: string; readonly shows: string }[] = [
  { text: 'in', shows: 'what is pruned' },
  { text: 'out', shows: 'what is not pruned' },
  { text: 'locked', shows: 'what is locked' },
  { text: 'sparsity>90', shows: 'more than 90 % zero' },
  { text: 'params>1M', shows: 'more than a million parameters' },
  { text: 'has nan|has inf', shows: 'NaN or infinities' },
];
