/** Rows of what a layer multiplies, unfolded from its activation: places of a convolution, rows of a matrix. */
import { at } from '../../lib/known';
import { type GraphNode, intOf } from '../../tensors/graph/graph';
import { numelOf } from '../../tensors/tensor';
import type { FloatOutput } from '../comparison';

/** ONNX's attributes of Conv, one number for each dimension of the kernel. */
export interface Convolution {
  readonly groups: number;
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Before the first of each dimension; undefined: as `autoPad` says. */
  readonly padsBefore: readonly number[] | undefined;
  readonly autoPad: string;
}

/** @param shape of its weight; undefined where attributes and shape do not fit together */
export function convolutionOf(node: GraphNode, shape: readonly number[]): Convolution | undefined {
  const kernel = shape.slice(2);
  const rank = kernel.length;
  const listed = (name: string, otherwise: number) => node.attributes.get(name)?.ints ?? kernel.map(() => otherwise);
  const [strides, dilations] = [listed('strides', 1), listed('dilations', 1)];
  const pads = node.attributes.get('pads')?.ints ?? kernel.flatMap(() => [0, 0]);
  const groups = intOf(node, 'group', 1);
  if (groups === undefined || groups < 1 || rank < 1) return undefined;
  if (strides.length !== rank || dilations.length !== rank || pads.length !== 2 * rank) return undefined;
  const autoPad = node.attributes.get('auto_pad')?.text ?? 'NOTSET';
  const isGiven = autoPad === 'NOTSET' || autoPad === '';
  return { groups, kernel, strides, dilations, padsBefore: isGiven ? pads.slice(0, rank) : undefined, autoPad };
}

/** Where rows are taken: the same of what goes in and of what comes out. */
export interface Rows {
  /** The numbers of a group's product at row `row` of sample `sample`, written to `into` from `start` on. */
  readInputs(sample: number, row: number, group: number, into: Float32Array, start: number): void;
  /** The outputs of a group. */
  readOutputs(sample: number, row: number, group: number, into: Float32Array, start: number): void;
  /** Of each sample. */
  readonly rows: number;
}

/**
 * @param samples in the batch, which counts them along the first axis; 1 where it does not
 * @param outputs of all groups
 */
export function rowsOfProduct(
  activation: FloatOutput,
  output: FloatOutput,
  samples: number,
  inputs: number,
  outputs: number,
): Rows {
  const rows = activation.floats.length / inputs / samples;
  return {
    rows,
    readInputs(sample, row, _, into, start) {
      const from = (sample * rows + row) * inputs;
      into.set(activation.floats.subarray(from, from + inputs), start);
    },
    readOutputs(sample, row, _, into, start) {
      const from = (sample * rows + row) * outputs;
      into.set(output.floats.subarray(from, from + outputs), start);
    },
  };
}

/** Both have samples and channels first. */
export function rowsOfConvolution(activation: FloatOutput, output: FloatOutput, convolution: Convolution): Rows {
  const { groups, kernel, strides, dilations } = convolution;
  const [, channels = 1, ...sizes] = activation.shape;
  const [, outputs = 1, ...places] = output.shape;
  const padsBefore = convolution.padsBefore ?? autoPads(convolution, sizes, places);
  const taps = numelOf(kernel);
  const area = numelOf(sizes);
  const rows = numelOf(places);
  const [ownChannels, ownOutputs] = [channels / groups, outputs / groups];
  /** Of each tap, by dimension: how far from the first it is. */
  const steps = Int32Array.from({ length: taps * kernel.length }, (_, i) => {
    const dimension = i % kernel.length;
    const behind = numelOf(kernel.slice(dimension + 1));
    return (Math.floor(Math.floor(i / kernel.length) / behind) % at(kernel, dimension)) * at(dilations, dimension);
  });
  const offsets = new Int32Array(taps);
  const corner = new Int32Array(kernel.length);
  let placedRow = -1;
  const place = (row: number) => {
    if (row === placedRow) return;
    placedRow = row;
    let rest = row;
    for (let dimension = kernel.length - 1; dimension >= 0; dimension--) {
      const size = places[dimension]!;
      corner[dimension] = (rest % size) * strides[dimension]! - padsBefore[dimension]!;
      rest = Math.floor(rest / size);
    }
    for (let tap = 0; tap < taps; tap++) {
      let offset = 0;
      for (let dimension = 0; dimension < kernel.length && offset >= 0; dimension++) {
        const coordinate = corner[dimension]! + steps[tap * kernel.length + dimension]!;
        const size = sizes[dimension]!;
        offset = coordinate < 0 || coordinate >= size ? -1 : offset * size + coordinate;
      }
      offsets[tap] = offset;
    }
  };
  return {
    rows,
    readInputs(sample, row, group, into, start) {
      place(row);
      const { floats } = activation;
      let to = start;
      let from = (sample * channels + group * ownChannels) * area;
      for (let channel = 0; channel < ownChannels; channel++, from += area) {
        for (let tap = 0; tap < taps; tap++, to++) {
          const offset = offsets[tap]!;
          into[to] = offset < 0 ? 0 : floats[from + offset]!;
        }
      }
    },
    readOutputs(sample, row, group, into, start) {
      const { floats } = output;
      let from = (sample * outputs + group * ownOutputs) * rows + row;
      for (let each = 0; each < ownOutputs; each++, from += rows) into[start + each] = floats[from]!;
    },
  };
}

/** onnx Operators.md, Conv, `auto_pad`. */
function autoPads(
  { kernel, strides, dilations, autoPad }: Convolution,
  sizes: readonly number[],
  places: readonly number[],
): number[] {
  return kernel.map((size, dimension) => {
    if (autoPad === 'VALID') return 0;
    const reach = (at(places, dimension) - 1) * at(strides, dimension) + (size - 1) * at(dilations, dimension) + 1;
    const total = Math.max(0, reach - at(sizes, dimension));
    return autoPad === 'SAME_LOWER' ? Math.ceil(total / 2) : Math.floor(total / 2);
  });
}
