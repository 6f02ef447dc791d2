/** What each array of some files is: which input of the model it feeds, or the labels. A guess, which a person can correct. */
import { inOrderOfNames } from '../../lib/fileNames';
import type { ArrayUse, GivenArray, GraphValue } from '../protocol';
import { isNumeric, type Values } from '../values';
import { shapeInWords } from './axes';
import { shapeFor, sizesOf } from './dataset';

/** An array as it was read. */
export interface ReadArray {
  /** Like no other's. */
  readonly key: string;
  readonly name: string;
  readonly file: string;
  readonly values: Values;
  /** Why it is no input in any case. */
  readonly aside?: string;
}

/** What labelled sets call their labels. */
const labelNames = /^(y|labels?|targets?|gt|classes|class_?ids?)([_-]?(test|val|valid|true|eval|train)?\d*)$/i;
/** What they call the samples of a model with one input. */
const sampleNames = /^(x|images?|inputs?|data|samples?|features)([_-]?(test|val|valid|eval|train)?)$/i;
const forTraining = /train/i;

type Guess = ReadonlyMap<ReadArray, { readonly use: ArrayUse; readonly because: string }>;

/** @param chosen what a person said, by the keys of arrays */
export function usesOf(
  arrays: readonly ReadArray[],
  inputs: readonly GraphValue[],
  chosen: ReadonlyMap<string, ArrayUse> = new Map(),
): GivenArray[] {
  const guess = guessed(arrays, inputs);
  return arrays.map((array) => {
    const { key, name, file, values } = array;
    const own = chosen.get(key);
    const { use, because } = own ? { use: own, because: 'as chosen' } : (guess.get(array) ?? left(array, inputs));
    return { key, name, file, dtype: values.dtype, shape: values.shape, use, because };
  });
}

function guessed(arrays: readonly ReadArray[], inputs: readonly GraphValue[]): Guess {
  const guess = new Map<ReadArray, { readonly use: ArrayUse; readonly because: string }>();
  const free = () => arrays.filter((array) => array.aside === undefined && !guess.has(array));
  const fed = new Set<string>();
  const feed = (array: ReadArray, { name: input }: GraphValue, because: string) => {
    guess.set(array, { use: { as: 'input', input }, because });
    fed.add(input);
  };
  for (const input of inputs) {
    for (const array of free()) {
      if (array.name === input.name) feed(array, input, 'by its name');
      else if (fits(array, input) && numbered(array.name)?.stem === input.name) feed(array, input, 'by its name');
    }
  }
  const labelled = free().filter(({ name }) => labelNames.test(name));
  for (const [position, input] of inputs.entries()) {
    if (fed.has(input.name)) continue;
    const open = free().filter((array) => !labelled.includes(array));
    const [taken, because] = takenFor(input, position, inputs, open);
    for (const array of taken) feed(array, input, because);
  }
  const rows = rowsFed(guess, inputs);
  const labels = labelsAmong(labelled, rows) ?? unnamedLabels(free(), rows);
  for (const array of labels) {
    const because = labelNames.test(array.name) ? 'by its name' : 'one whole number a sample';
    guess.set(array, { use: { as: 'labels' }, because });
  }
  return guess;
}

/** By the usual name of samples, in order of numbers, or by shape alone. */
function takenFor(
  input: GraphValue,
  position: number,
  inputs: readonly GraphValue[],
  open: readonly ReadArray[],
): readonly [arrays: readonly ReadArray[], because: string] {
  const fitting = open.filter((array) => fits(array, input));
  if (inputs.length > 1) {
    const own = open.find(({ name }) => new RegExp(`(^|\\D)${position}$`).test(name));
    if (own) return [[own], 'by its number'];
    const others = inputs.filter((other) => other !== input);
    const only = fitting.filter((array) => others.every((other) => array.name !== other.name && !fits(array, other)));
    return only.length === 1 ? [only, 'by its shape'] : [[], ''];
  }
  const sorted = [...fitting].sort((a, b) => Number(forTraining.test(a.name)) - Number(forTraining.test(b.name)));
  const named = sorted.find(({ name }) => sampleNames.test(name));
  const series = seriesAmong(fitting);
  if (named) return [[named], 'by its name'];
  if (series.length > 1) return [series, 'one after the other'];
  const [first] = sorted;
  if (first) return [[first], 'by its shape'];
  // One that does not fit says why, rather than that there is none.
  const meant = open.find(({ name }) => sampleNames.test(name)) ?? (open.length === 1 ? open[0] : undefined);
  return meant ? [[meant], 'the only one'] : [[], ''];
}

/** Arrays that go on from one to the next: of one name and a number, or each a file of its own. */
function seriesAmong(arrays: readonly ReadArray[]): readonly ReadArray[] {
  const [first] = arrays;
  if (!first) return [];
  const ownFiles = new Set(arrays.map(({ file }) => file)).size === arrays.length;
  const stem = numbered(first.name)?.stem;
  const isSeries = ownFiles || (stem !== undefined && arrays.every(({ name }) => numbered(name)?.stem === stem));
  return isSeries ? inOrderOfNames(arrays) : [];
}

/** `x7` → x and 7. */
function numbered(name: string): { readonly stem: string; readonly number: number } | undefined {
  const parts = /^(.*?)[_.-]?(\d+)$/.exec(name);
  return parts ? { stem: parts[1] ?? '', number: Number(parts[2]) } : undefined;
}

/** Of the inputs that are fed; undefined where that is not one number. */
function rowsFed(guess: Guess, inputs: readonly GraphValue[]): number | undefined {
  const [first] = inputs.filter(({ shape }) => shape === undefined || shape.length > 0);
  const own = [...guess].filter(([, { use }]) => use.as === 'input' && use.input === first?.name);
  const rows = own.map(([{ values }]) => (first && shapeFor(values.shape, first))?.[0]);
  return own.length === 0 ? undefined : rows.reduce<number>((sum, each) => sum + (each ?? 0), 0);
}

/** Those that have one number a sample before those that only have the name. */
function labelsAmong(labelled: readonly ReadArray[], rows: number | undefined): readonly ReadArray[] | undefined {
  const vectors = labelled.filter(isVector);
  const exact = vectors.find((array) => countOf(array) === rows);
  if (exact) return [exact];
  const series = seriesAmong(vectors);
  if (series.length > 1 && series.reduce((sum, array) => sum + countOf(array), 0) === rows) return series;
  const [first] = vectors;
  return first && [first];
}

function unnamedLabels(open: readonly ReadArray[], rows: number | undefined): readonly ReadArray[] {
  const alike = open.filter(
    (array) => isVector(array) && /^[IU]\d/.test(array.values.dtype) && countOf(array) === rows && rows > 1,
  );
  return alike.length === 1 ? alike : [];
}

/** Why an array is nothing. */
function left(array: ReadArray, inputs: readonly GraphValue[]): { readonly use: ArrayUse; readonly because: string } {
  const aside = (because: string) => ({ use: { as: 'aside' } as const, because });
  if (array.aside !== undefined) return aside(array.aside);
  if (labelNames.test(array.name) && !isVector(array)) return aside('labels should be one class number a sample');
  if (labelNames.test(array.name)) return aside('other labels are taken');
  if (inputs.some((input) => fits(array, input))) return aside('another array is taken');
  const [input] = inputs;
  if (!input || inputs.length > 1) return aside(`no input takes ${sizesOf(array.values.shape)}`);
  return aside(`${sizesOf(array.values.shape)} is no ${shapeInWords(input)}`);
}

function fits({ values }: ReadArray, input: GraphValue): boolean {
  return isNumeric(values.dtype) && isNumeric(input.dtype) && shapeFor(values.shape, input) !== undefined;
}

/** One axis that counts. */
export function isVector({ values }: Pick<ReadArray, 'values'>): boolean {
  return isNumeric(values.dtype) && values.shape.length > 0 && values.shape.filter((size) => size !== 1).length <= 1;
}

function countOf({ values }: ReadArray): number {
  return values.shape.reduce((product, size) => product * size, 1);
}
