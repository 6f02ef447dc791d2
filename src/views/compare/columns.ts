/** What the table of a comparison lists of each pair, and by what it sorts. */
import { formatPercent, formatShape, formatValue } from '../../lib/numbers';
import { noteOn, stateText } from '../../reports/comparison/words';
import type { ComparedTensor, Comparison, Difference } from '../../tensors/comparison/comparison';

export interface Column {
  readonly id: string;
  readonly title: string;
  /** In full. */
  readonly about: string;
  readonly isNumber: boolean;
  /** What it sorts by; undefined goes last, whichever way. */
  value(tensor: ComparedTensor, place: number): number | string | undefined;
  text(tensor: ComparedTensor, comparison: Comparison): string;
}

const figure = (
  id: string,
  title: string,
  about: string,
  value: (difference: Difference) => number | undefined,
  text: (value: number) => string,
): Column => ({
  id,
  title,
  about,
  isNumber: true,
  value: ({ difference }) => difference && value(difference),
  text: ({ difference }) => {
    const found = difference && value(difference);
    return found === undefined ? '' : text(found);
  },
});

const share = (count: number, { weights }: Difference) => (weights === 0 ? 0 : count / weights);

export const columns: readonly Column[] = [
  {
    id: 'name',
    title: 'Tensor',
    about: 'Its name; sorted, the order of the file',
    isNumber: false,
    value: (_, place) => place,
    text: ({ name }) => name,
  },
  {
    id: 'state',
    title: 'State',
    about: 'Equal, changed, or missing in one of the two',
    isNumber: false,
    value: ({ state }) => state,
    text: ({ state }, comparison) => stateText(state, comparison),
  },
  figure(
    'before',
    'Zeros before',
    'Share of weights that are zero in the first',
    (d) => share(d.zerosBefore, d),
    formatPercent,
  ),
  figure(
    'after',
    'Zeros after',
    'Share of weights that are zero in the second',
    (d) => share(d.zerosAfter, d),
    formatPercent,
  ),
  figure('changed', 'Changed', 'Share of weights with another value', (d) => share(d.changed, d), formatPercent),
  figure('relative', '‖Δ‖/‖w‖', 'Length of the change over the length of the weights', (d) => d.relative, formatValue),
  figure('most', 'max |Δ|', 'The largest change of a weight', (d) => d.most, formatValue),
  figure(
    'cosine',
    'Cosine',
    'Of the two as vectors: 1 where they point the same way',
    (d) => d.cosine,
    (value) => (value === 1 ? '1' : Math.abs(value) > 0.9999 ? value.toFixed(6) : value.toFixed(4)),
  ),
];

/** Shape and dtype, and how it was matched: what stands under a name. */
export function aboutTensor(tensor: ComparedTensor): string {
  const { shape, otherShape, dtype, otherDtype } = tensor;
  const shapes = otherShape ? `${formatShape(shape)} → ${formatShape(otherShape)}` : formatShape(shape);
  const dtypes = otherDtype ? `${dtype} → ${otherDtype}` : dtype;
  return [shapes, dtypes, noteOn(tensor)].filter((part) => part !== '').join(' · ');
}

export const filters = ['all', 'changed', 'equal', 'missing'] as const;
export type Filter = (typeof filters)[number];

/** What has no partner of its shape is missing; what cannot be compared may have changed. */
export function filterOf({ state }: ComparedTensor): Filter {
  if (state === 'equal') return 'equal';
  return state === 'changed' || state === 'not compared' ? 'changed' : 'missing';
}

export interface Sorting {
  readonly column: string;
  readonly isDescending: boolean;
}

/** @param search part of a name, on either side */
export function shownTensors(
  { tensors }: Comparison,
  filter: Filter,
  search: string,
  { column: id, isDescending }: Sorting,
): ComparedTensor[] {
  const column = columns.find((each) => each.id === id);
  const words = search.trim().toLowerCase();
  const isNamed = ({ name, otherName = '' }: ComparedTensor) => `${name} ${otherName}`.toLowerCase().includes(words);
  const kept = tensors
    .map((tensor, place) => ({ tensor, value: column?.value(tensor, place) }))
    .filter(({ tensor }) => (filter === 'all' || filterOf(tensor) === filter) && isNamed(tensor));
  const way = isDescending ? -1 : 1;
  kept.sort(({ value: a }, { value: b }) => {
    if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1;
    return a < b ? -way : a > b ? way : 0;
  });
  return kept.map(({ tensor }) => tensor);
}
