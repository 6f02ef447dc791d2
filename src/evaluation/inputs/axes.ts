/** What the axes of a graph's inputs count, in words: exporters name them as they like, or not at all. */
import { type Graph, type GraphNode, standardDomain } from '../../tensors/graph/graph';
import type { AxisRole, Dimension, GraphValue, OpenSize } from '../protocol';

/** Names that only a tool gave, and that say nothing. */
const machineMade = /dynamic_?(axes|dimension)|^unk_|^\?$|^(dim|axis|d|s|u)_?\d+$/i;

/** What people name such axes; the first that fits. */
const names: readonly (readonly [RegExp, AxisRole])[] = [
  [/[+*/]/, 'other'],
  [/past|cache/i, 'past'],
  [/batch|^(n|b|bs)$/i, 'batch'],
  [/height|rows|^h$/i, 'height'],
  [/width|col(umn)?s|^w$/i, 'width'],
  [/depth|^d$/i, 'depth'],
  [/seq|len|time|token|frame|^[tls]$/i, 'length'],
  [/chan|^c$/i, 'channels'],
];

/** Sizes of a last axis that are colours. */
const colours: ReadonlySet<Dimension | undefined> = new Set([1, 3, 4]);

const layouts = {
  planes: (rank: number): AxisRole[] => ['batch', 'channels', ...spatial(rank - 2)],
  pixels: (rank: number): AxisRole[] => ['batch', ...spatial(rank - 2), 'channels'],
  steps: ['batch', 'length', 'channels'] as AxisRole[],
  stepsFirst: ['length', 'batch', 'channels'] as AxisRole[],
} as const;

function spatial(count: number): AxisRole[] {
  if (count === 1) return ['length'];
  return (['depth', 'height', 'width'] as const).slice(-count);
}

/**
 * One role for each axis: what its name says, what the first operators take it for, and else what is usual for so many axes.
 * @param graph that the input is of; absent: names and sizes alone decide
 */
export function rolesOf(input: GraphValue, graph?: Pick<Graph, 'nodes'>): AxisRole[] {
  if (input.roles) return [...input.roles];
  const { shape = [] } = input;
  const usual = (graph && takenFor(input.name, shape.length, graph)) ?? usualFor(input);
  return shape.map((size, axis) => namedRole(size) ?? usual[axis] ?? 'other');
}

function namedRole(size: Dimension): AxisRole | undefined {
  if (typeof size === 'number' || machineMade.test(size)) return undefined;
  return names.find(([pattern]) => pattern.test(size))?.[1];
}

function usualFor({ name, dtype, shape = [] }: GraphValue): AxisRole[] {
  const rank = shape.length;
  if (rank === 1) return [/mask|ids?$/i.test(name) ? 'length' : 'batch'];
  if (rank === 2) return ['batch', 'length'];
  if (rank === 3) {
    const isSignal = typeof shape[1] === 'number' && typeof shape[2] !== 'number';
    return isSignal ? layouts.planes(3) : layouts.steps;
  }
  if ((rank === 4 || rank === 5) && /^(B?F\d|U8$)/.test(dtype)) {
    return colours.has(shape[rank - 1]) && !colours.has(shape[1]) ? layouts.pixels(rank) : layouts.planes(rank);
  }
  return ['batch'];
}

const onPlanes = new Set([
  ...['Conv', 'ConvTranspose', 'ConvInteger', 'MaxPool', 'AveragePool', 'GlobalAveragePool', 'BatchNormalization'],
  ...['InstanceNormalization'],
]);
const onSteps: ReadonlySet<string> = new Set(['LSTM', 'GRU', 'RNN']);
/** Their result has the axes of what they are given. */
const passing: ReadonlySet<string> = new Set(['Cast', 'Identity', 'Pad', 'Sub', 'Div', 'Mul', 'Add', 'Clip', 'Relu']);
/** As far as that a graph is followed. */
const mostSteps = 8;

/** What the first operator behind an input that tells takes its axes for. */
function takenFor(input: string, rank: number, { nodes }: Pick<Graph, 'nodes'>): AxisRole[] | undefined {
  let name = input;
  /** Of the value `name`: which axis of the input each is. */
  let from = Array.from({ length: rank }, (_, axis) => axis);
  for (let step = 0; step < mostSteps; step++) {
    const readers = nodes.filter(({ inputs, domain }) => standardDomain(domain) && inputs[0] === name);
    const roles = readers.map((node) => rolesFor(node, rank)).find((each) => each !== undefined);
    if (roles) {
      const own: AxisRole[] = Array.from({ length: rank }, () => 'other');
      from.forEach((axis, place) => {
        own[axis] = roles[place] ?? 'other';
      });
      return own;
    }
    const next = readers.find(({ opType }) => passing.has(opType) || opType === 'Transpose');
    const output = next?.outputs[0];
    if (!next || !output) return undefined;
    if (next.opType === 'Transpose') {
      const perm = next.attributes.get('perm')?.ints ?? [];
      const before = from;
      if (perm.length !== rank || perm.some((axis) => before[axis] === undefined)) return undefined;
      from = perm.map((axis) => before[axis] ?? 0);
    }
    name = output;
  }
  return undefined;
}

function rolesFor(node: GraphNode, rank: number): AxisRole[] | undefined {
  if (onPlanes.has(node.opType) && rank >= 3 && rank <= 5) return layouts.planes(rank);
  if (!onSteps.has(node.opType) || rank !== 3) return undefined;
  return node.attributes.get('layout')?.int === 1 ? layouts.steps : layouts.stepsFirst;
}

const words: Readonly<Record<Exclude<AxisRole, 'other'>, string>> = {
  batch: 'Batch',
  channels: 'Channels',
  depth: 'Depth',
  height: 'Height',
  width: 'Width',
  length: 'Length',
  past: 'Past length',
};

interface Place {
  readonly input: GraphValue;
  readonly axis: number;
  readonly role: AxisRole;
}

/** The name by which an open axis can be set. */
export function dimensionName(input: GraphValue, axis: number, size: Dimension): string {
  return size === '' ? `${input.name}[${axis}]` : String(size);
}

/** Every open axis of the inputs once, with a size to start from. */
export function openDimensions(inputs: readonly GraphValue[], graph?: Pick<Graph, 'nodes'>): OpenSize[] {
  const places = new Map<string, Place[]>();
  for (const input of inputs) {
    const roles = rolesOf(input, graph);
    for (const [axis, size] of (input.shape ?? []).entries()) {
      if (typeof size === 'number') continue;
      const name = dimensionName(input, axis, size);
      const at = places.get(name) ?? [];
      at.push({ input, axis, role: roles[axis] ?? 'other' });
      places.set(name, at);
    }
  }
  const open = [...places].flatMap(([name, [first, ...others]]) =>
    first ? [{ name, place: first, inputs: [first, ...others].map(({ input }) => input) }] : [],
  );
  const labels = apart(open.map(({ name, place }) => labelsFor(name, place)));
  return open.map(({ name, place, inputs: of }, i) => ({
    name,
    label: labels[i] ?? name,
    about: `${[...new Set(of.map((input) => input.name))].join(', ')}: ${shapeInWords(place.input, graph)}`,
    size: startingSize(place),
  }));
}

/** What an axis may be called, the shortest first; the last is like no other. */
function labelsFor(name: string, { input, axis, role }: Place): string[] {
  const own = machineMade.test(name) || name.includes('[') ? [] : [capitalised(name.replace(/[_.]+/g, ' '))];
  const place = `axis ${axis + 1} of ${input.name}`;
  if (role === 'other') return [...own, capitalised(place)];
  const word = words[role];
  return [word, ...own, `${word} of ${input.name}`, `${word}, ${place}`];
}

/** The shortest of each that no other has. */
function apart(all: readonly (readonly string[])[]): string[] {
  return all.map((labels, i) => {
    const others = new Set(all.flatMap((each, j) => (i === j ? [] : each)));
    return labels.find((label) => !others.has(label)) ?? labels.at(-1) ?? '';
  });
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `batch × 3 × 48 × width` */
export function shapeInWords(input: GraphValue, graph?: Pick<Graph, 'nodes'>): string {
  const { shape } = input;
  if (!shape) return 'any shape';
  if (shape.length === 0) return 'a single number';
  const roles = rolesOf(input, graph);
  return shape
    .map((size, axis) => {
      const role = roles[axis] ?? 'other';
      if (typeof size === 'number') return String(size);
      if (role !== 'other') return words[role].toLowerCase();
      return size === '' || machineMade.test(size) ? '?' : size;
    })
    .join(' × ');
}

const batchSize = 8;
const sequenceLength = 32;
const otherSize = 16;
const imageSide = 224;
/** As long as lines of text are where nobody says it: recognisers take them 32 or 48 high. */
const line = { mostHeight: 64, width: 320 } as const;

function startingSize({ input, axis, role }: Place): number {
  switch (role) {
    case 'batch':
      return batchSize;
    case 'past':
      return 1;
    case 'length':
      return sequenceLength;
    case 'height':
    case 'width':
      return startingSide(input, axis, role);
    default:
      return otherSize;
  }
}

/** A side of images: the other's, where the graph has that. */
export function startingSide(input: GraphValue, axis: number, role: 'height' | 'width'): number {
  const own = input.shape?.[axis];
  if (typeof own === 'number') return own;
  const other = input.shape?.[role === 'height' ? axis + 1 : axis - 1];
  if (typeof other !== 'number') return imageSide;
  return role === 'width' && other <= line.mostHeight ? Math.max(line.width, other) : other;
}
